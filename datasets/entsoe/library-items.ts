/** The items of the library whose lines are read: folder, columns, and the series of a line. */
import type { LibraryItem } from './library-lines.ts';

/** Zones in which two auctions share the same instants: elsewhere the sequence is not part of a name. */
const WITH_SEQUENCES = ['AT', 'DE_LU'];

export const priceFiles: LibraryItem = {
  folder: 'EnergyPrices_12.1.D_r3.1',
  columns: ['ContractType', 'Sequence', 'Price[Currency/MWh]', 'Currency'],
  counts: (cell) => cell('ContractType') === 'Day-ahead' && cell('Currency') === 'EUR',
  values: (cell, zone) => {
    const sequence = cell('Sequence');
    const isOnly = !WITH_SEQUENCES.includes(zone) && ['', '1'].includes(sequence);
    return [[isOnly ? '' : sequence, cell('Price[Currency/MWh]')]];
  },
};

const load = (folder: string): LibraryItem => ({
  folder,
  columns: ['TotalLoad[MW]'],
  values: (cell) => [['', cell('TotalLoad[MW]')]],
});

export const loadFiles = load('ActualTotalLoad_6.1.A_r3');
export const loadForecastFiles = load('DayAheadTotalLoadForecast_6.1.B_r3');

/** The code of each type by its name in files, in small letters. */
const TYPES: Readonly<Record<string, string>> = {
  biomass: 'B01',
  'fossil brown coal/lignite': 'B02',
  'fossil coal-derived gas': 'B03',
  'fossil gas': 'B04',
  'fossil hard coal': 'B05',
  'fossil oil': 'B06',
  'fossil oil shale': 'B07',
  'fossil peat': 'B08',
  geothermal: 'B09',
  'hydro pumped storage': 'B10',
  'hydro run-of-river and poundage': 'B11',
  'hydro run-of-river and pondage': 'B11',
  'hydro water reservoir': 'B12',
  marine: 'B13',
  nuclear: 'B14',
  'other renewable': 'B15',
  solar: 'B16',
  waste: 'B17',
  'wind offshore': 'B18',
  'wind onshore': 'B19',
  other: 'B20',
  'energy storage': 'B25',
};

/** Types that both consume and generate: for others the files have zeros that the API never returns. */
const STORES = ['B10', 'B25'];

export const generationFiles: LibraryItem = {
  folder: 'AggregatedGenerationPerType_16.1.B_C_r3',
  columns: ['ProductionType', 'ActualGenerationOutput[MW]', 'ActualConsumption[MW]'],
  values: (cell) => {
    const name = cell('ProductionType');
    // An unknown type gives an unknown series, which becomes a finding.
    const type = TYPES[name.toLowerCase()] ?? `?${name}`;
    const consumed = cell('ActualConsumption[MW]');
    const isNothing = !STORES.includes(type) && Number(consumed) === 0;
    return [
      [type, cell('ActualGenerationOutput[MW]')],
      [`${type}.consumption`, isNothing ? '' : consumed],
    ];
  },
};
