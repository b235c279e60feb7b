/** Columns of the Nordic tables by name, in the order of their names. */
import { bothWays } from '../jao-core/columns.ts';

/** Zones of the region, including virtual ones for a line within Sweden. */
export const NORDIC_ZONES = [
  ...['DK1', 'DK2', 'FI', 'NO1', 'NO2', 'NO3', 'NO4', 'NO5'],
  ...['SE1', 'SE2', 'SE3', 'SE4'],
];

/** Borders within the region. */
export const WITHIN = bothWays([
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
export const BORDERS = [
  ...WITHIN,
  ...bothWays(['DE_DK1', 'DE_DK2', 'DE_NO2', 'DE_SE4', 'DK1_NL', 'EE_FI', 'LT_SE4', 'NL_NO2', 'PL_SE4']),
  ...SOUTH_WEST_LINK,
];

/** `min_SE3` and `max_SE3` of each zone. */
export const LIMITS = NORDIC_ZONES.flatMap((zone) => [`min_${zone}`, `max_${zone}`]);
