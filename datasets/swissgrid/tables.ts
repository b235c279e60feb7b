/**
 * Tables of grid frequency: the frequency of the synchronous area of Continental Europe in files of lines, each table with a step of its
 * own. What is loaded into one changes nothing in another.
 *
 * Series        one, `frequency`, where a file names none; files with several columns or a column of names bring their own.
 * Values        Hz, around 50 with a spread of 20 mHz; 49.8 to 50.2 is the range of normal operation. A value outside 45 to 55
 *               is a broken measurement: protection parts the grid long before. From one second to the next a healthy
 *               grid moves by some mHz.
 * Times         wall-clock times without a zone are taken for those of Europe/Zurich.
 *
 * As published  at 30 s: three months have 261,240 lines. The export of the setpoint ("Sollfrequenz") has lines as
 *               `Sa. 01.05.21 00:00:00;50`: German weekday, year of two digits, clocks of Zurich, a decimal comma that does not occur for
 *               days. Files of other forms have been seen, so nothing but the step is settled beforehand.
 * Not known     the first day of the measurements; the one of the table is early enough for every file so far.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import type { FiledPoints, PointFiles } from '../../domain/dataset/points.ts';
import { suddenStep, validRange } from '../../domain/interpret/checks.ts';
import { swissgrid } from './source.ts';

/** Values beyond cannot be right. */
const RIGHT = [45, 55] as const;

interface FrequencyTable extends Pick<FiledPoints, 'title' | 'description' | 'owner' | 'licence'> {
  /** Without the source. */
  readonly name: string;
  /** In the plain calls. */
  readonly table: string;
  readonly finestSeconds: number;
  readonly files?: Partial<PointFiles>;
}

const TABLES: readonly FrequencyTable[] = [
  {
    name: 'frequency',
    table: 'swissgrid_frequency_data',
    title: 'Grid frequency',
    description:
      'Frequency of the synchronous area of Continental Europe as measured in Switzerland, every 30 seconds.',
    owner: 'Swissgrid AG',
    licence: "Swissgrid's terms of use",
    finestSeconds: 30,
    files: {
      oneStep: true,
      found: { setting: 'SWISSGRID_FREQUENCY_FILES', names: /\.(csv|txt|gz|zip)$/i, everyMinutes: 5 },
    },
  },
  // Its files name their series. The step of one is detected for each day; a file with another one than a day has is refused.
  {
    name: 'stresstest-frequency',
    table: 'stresstest_frequency_data',
    title: 'Grid frequency of many series, synthetic',
    description:
      'Synthetic frequencies of hundreds of series, each with its own step: for trying out many series.',
    owner: 'nobody',
    licence: 'none',
    finestSeconds: 1,
  },
  // A year has 31,536,000 lines, made by `npm run generate:frequency` or elsewhere.
  {
    name: 'volume-frequency',
    table: 'volume_frequency_data',
    title: 'Grid frequency by the second, synthetic',
    description: 'Synthetic frequency of a grid, every second: for trying out large volumes.',
    owner: 'nobody',
    licence: 'none',
    finestSeconds: 1,
    files: { oneStep: true },
  },
];

export default TABLES.map(frequencyTable);

function frequencyTable({ name, table, files, ...facts }: FrequencyTable): FiledPoints {
  return defineDataset<FiledPoints>({
    shape: 'points',
    silence: 'keep',
    id: `${swissgrid.id}.${name}`,
    source: swissgrid,
    ...facts,
    unit: 'Hz',
    plain: { tables: [table], value: 'frequency' },
    link: 'https://www.swissgrid.ch/en/home/operation/regulation/frequency.html',
    access: 'open',
    retentionDays: null,
    firstDay: '2010-01-01',
    chunkDays: 7,
    leading: true,
    decoderVersion: 1,
    files: { onlySeries: 'frequency', form: {}, ...files },
    checks: [validRange(...RIGHT, 'Hz'), suddenStep(0.1, 0, 'Hz', RIGHT)],
    seriesAttributes: () => ({}),
  });
}
