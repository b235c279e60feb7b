/**
 * Tables of the Core region of the common form, a row each; `/core/api/data/<table>`. What a dataset has of its own besides is in a file of
 * its name.
 *
 * Not known     the step of market results before 2025-10-01, taken to be an hour, and that of congestion income; when the ATC of shadow
 *               auctions is published, taken to be with the final domain; how many series there were before 2026-06-11, where that is
 *               inferred from the hubs of net positions; the columns of validation reductions for certain (all of them stand in the body).
 */
import { bordersOn, ZONES, zonesOn } from './borders.ts';
import { ELSEWHERE, externalBorders, isItalian, neighbours, scheduledBorders } from './columns.ts';
import { ELEMENT, jaoRecords } from './record-table.ts';
import { jaoCore } from './source.ts';
import { type JaoTable, jaoTable } from './table.ts';

const REGION = { source: jaoCore, region: 'core', firstDay: '2022-06-09' } as const;

const POINTS: readonly Omit<JaoTable, keyof typeof REGION>[] = [
  {
    name: 'allocation-constraints',
    table: 'allocationConstraint',
    title: 'Core allocation constraints',
    description: 'Limits of the net position of zones that limit it as a whole: down and up.',
    columns: ['limitDown_', 'limitUp_'],
    // Those of Belgium exist too; where a zone has no limit they are null.
    series: () => ['limitDown_PL', 'limitUp_PL'],
    range: [-100_000, 100_000],
    steady: true,
    nullable: () => true,
  },
  {
    name: 'atc',
    table: 'atc',
    title: 'Core external ATC',
    description:
      'Available transfer capacity on borders of the Core region with others, per directed border.',
    quarters: true,
    // Besides the four with Italy, which are always null.
    series: externalBorders,
    range: [0, 50_000],
    steady: true,
    nullable: isItalian,
  },
  {
    name: 'congestion-income',
    table: 'congestionIncome',
    title: 'Core congestion income',
    description: 'Income of the day-ahead market from congestion, per border and hub.',
    unit: 'EUR',
    columns: ['border_', 'hub_'],
    published: '15:00',
    quarters: true,
    // Hubs as they were before the virtual ones.
    series: () => [...scheduledBorders(), ...hubsOn('').map((hub) => `hub_${hub}`)],
    range: [-100_000_000, 100_000_000],
  },
  {
    name: 'long-term-allocations',
    table: 'lta',
    title: 'Core long-term allocations (LTA)',
    description: 'Capacity that was allocated by yearly and monthly auctions, per directed border.',
    series: neighbours,
    range: [0, 50_000],
    steady: true,
  },
  {
    name: 'max-net-positions',
    table: 'maxNetPos',
    title: 'Core max net positions',
    description:
      'Least and greatest net position of each zone and virtual hub within the final flow-based domain.',
    columns: ['min', 'max'],
    series: (day) => hubsOn(day).flatMap((hub) => [`min${hub}`, `max${hub}`]),
    range: [-100_000, 100_000],
  },
  {
    name: 'net-positions',
    table: 'netPos',
    title: 'Core net positions',
    description:
      'What each zone and virtual hub exported less what it imported, after the day-ahead market was cleared.',
    columns: ['hub_'],
    published: '15:50',
    quarters: true,
    series: (day) => hubsOn(day).map((hub) => `hub_${hub}`),
    range: [-60_000, 60_000],
  },
  {
    name: 'price-spreads',
    table: 'priceSpread',
    title: 'Core price spreads',
    // Borders are directed: each spread is there twice, with opposite signs.
    description: 'Day-ahead price of the zone at the end of a border less that of the zone at its beginning.',
    unit: 'EUR/MWh',
    published: '15:50',
    quarters: true,
    series: () => scheduledBorders().slice(0, 44),
    range: [-10_000, 10_000],
  },
  {
    name: 'reference-programme',
    table: 'refprog',
    title: 'Core reference programme',
    description:
      'Exchanges that the grid models of the capacity calculation start from, per directed border, with those of other regions.',
    series: referenceBorders,
    range: [-50_000, 50_000],
  },
  {
    name: 'scheduled-exchanges',
    table: 'scheduledExchanges',
    title: 'Core scheduled exchanges',
    description:
      'Exchange scheduled from one bidding zone to another by the day-ahead market, per directed border.',
    published: '15:50',
    quarters: true,
    series: scheduledBorders,
    range: [-50_000, 50_000],
  },
  {
    name: 'shadow-auction-atc',
    table: 'shadowAuctionATC',
    title: 'Core shadow auction ATC',
    description:
      'Available transfer capacity that shadow auctions would offer if the day-ahead market could not be coupled.',
    series: neighbours,
    range: [0, 50_000],
    steady: true,
  },
];

/** Tables of network elements, identified by their contingency: several rows an hour. A day may have no reductions. */
const RECORDS = [
  jaoRecords({
    ...REGION,
    name: 'active-constraints',
    table: 'activeFbConstraints',
    title: 'Core active constraints',
    description: 'Network elements that limited the day-ahead market, with their shadow prices.',
    unit: 'constraint',
    fields: [
      ...ELEMENT,
      { name: 'hub_from', type: 'text', description: 'where the element begins' },
      { name: 'hub_to', type: 'text', description: 'where it ends' },
      { name: 'ram', type: 'number', description: 'remaining available margin, MW' },
      { name: 'shadow_price', type: 'number', description: 'EUR/MWh' },
    ],
  }),
  jaoRecords({
    ...REGION,
    name: 'validation-reductions',
    table: 'validationReductions',
    title: 'Core validation reductions',
    description: 'Network elements whose margin a system operator reduced when it validated capacity.',
    unit: 'reduction',
    publishedBy: { day: 0, time: '00:00' },
    fields: [
      ...ELEMENT,
      { name: 'iva', type: 'number', description: 'individual validation adjustment, MW' },
      { name: 'cva', type: 'number', description: 'coordinated validation adjustment, MW' },
      { name: 'justification', type: 'text', description: 'why, in words' },
    ],
  }),
];

export default [...POINTS.map((table) => jaoTable({ ...REGION, ...table })), ...RECORDS];

/** Zones, the two ends of ALEGrO and, from 2026-06-11 on, the virtual hubs. */
function hubsOn(day: string): string[] {
  return [...ZONES, 'ALBE', 'ALDE', ...zonesOn(day).slice(ZONES.length)];
}

/** Including those of other regions and of virtual hubs. */
function referenceBorders(day: string): string[] {
  return [...scheduledBorders(), ...ELSEWHERE, ...bordersOn(day).slice(ZONES.length * (ZONES.length - 1))];
}
