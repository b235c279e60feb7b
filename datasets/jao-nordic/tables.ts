/**
 * Tables of the Nordic region of the common form, a row each; `/nordic/api/data/<table>`.
 *
 * Max exchanges Borders within the region, with its neighbours, and of the South West Link (SE3SWL, SE4SWL). The four values of an hour have
 *               been the same. Published from 07:24Z to 08:31Z on the day before.
 * Not known     how many columns the other two have; taken are the borders within the region, both ways, and the limits of its zones: the
 *               least that there can be. Nor their step, taken to be that of max exchanges.
 */

import type { Source } from '../../domain/dataset/facts.ts';
import { bothWays } from '../jao-core/columns.ts';
import { jaoCore } from '../jao-core/source.ts';
import { type JaoTable, jaoTable } from '../jao-core/table.ts';

/**
 * JAO Publication Tool, Nordic capacity calculation region. The same host as the Core region, hence the same quota and base URL.
 *
 * Where it is   https://publicationtool.jao.eu/nordic/
 * Request       GET /nordic/api/data/<dataset>, as for Core (jao-core/source.ts)
 * Rows          as for Core, but each with `lastModifiedOn` (UTC without a Z) and columns in no order. A day that is published
 *               again has new ids and a later `lastModifiedOn`: both mean nothing for its content.
 */
const jaoNordic: Source = {
  ...jaoCore,
  id: 'jao-nordic',
  title: 'JAO Publication Tool, Nordic region',
  link: 'https://publicationtool.jao.eu/nordic/',
};

// Columns of the Nordic tables by name, in the order of their names.

/** Zones of the region, including virtual ones for a line within Sweden. */
const NORDIC_ZONES = [
  ...['DK1', 'DK2', 'FI', 'NO1', 'NO2', 'NO3', 'NO4', 'NO5'],
  ...['SE1', 'SE2', 'SE3', 'SE4'],
];

/** Borders within the region. */
const WITHIN = bothWays([
  ...[
    'DK1_DK2',
    'DK1_NO2',
    'DK1_SE3',
    'DK2_SE4',
    'FI_NO4',
    'FI_SE1',
    'FI_SE3',
    'NO1_NO2',
    'NO1_NO3',
    'NO1_NO5',
  ],
  ...[
    'NO1_SE3',
    'NO2_NO5',
    'NO3_NO4',
    'NO3_NO5',
    'NO3_SE2',
    'NO4_SE1',
    'NO4_SE2',
    'SE1_SE2',
    'SE2_SE3',
    'SE3_SE4',
  ],
]);

const SOUTH_WEST_LINK = [
  ...['border_SE3SWL_SE4', 'border_SE4SWL_SE3', 'border_SE4_SE3SWL', 'border_SE3_SE4SWL'],
];

/** The 62 borders of a recorded day. */
const BORDERS = [
  ...WITHIN,
  ...bothWays(['DE_DK1', 'DE_DK2', 'DE_NO2', 'DE_SE4', 'DK1_NL', 'EE_FI', 'LT_SE4', 'NL_NO2', 'PL_SE4']),
  ...SOUTH_WEST_LINK,
];

/** `min_SE3` and `max_SE3` of each zone. */
const LIMITS = NORDIC_ZONES.flatMap((zone) => [`min_${zone}`, `max_${zone}`]);

const REGION = { source: jaoNordic, region: 'nordic', firstDay: '2024-10-30', quarters: true } as const;

const TABLES: readonly Omit<JaoTable, keyof typeof REGION>[] = [
  {
    name: 'max-border-flows',
    table: 'maxBorderFlow',
    title: 'Nordic max border flows',
    description:
      'Greatest flow across each border that the final flow-based domain allows, per directed border.',
    series: () => WITHIN,
    range: [0, 50_000],
  },
  {
    name: 'max-exchanges',
    table: 'maxExchanges',
    title: 'Nordic max exchanges',
    description:
      'Greatest exchange from one bidding zone to another while all other exchanges of the region are zero, per directed border.',
    series: () => BORDERS,
    range: [0, 50_000],
  },
  {
    name: 'max-net-positions',
    table: 'maxNetPos',
    title: 'Nordic max net positions',
    description: 'Least and greatest net position of each zone within the final flow-based domain.',
    columns: ['min_', 'max_'],
    series: () => LIMITS,
    range: [-60_000, 60_000],
  },
];

export default TABLES.map((table) => jaoTable({ ...REGION, ...table }));
