// The series of Core max exchanges: one key per directed border, in the order of a row.

/** The first business day of Core Advanced Hybrid Coupling, which brought nine virtual hubs. */
export const AHC_FIRST_DAY = '2026-06-11';

/** How the keys of the virtual hubs appear on days before they existed. */
export type AhcBefore = 'absent' | 'null';

/** Bidding zones of the Core region. */
export const ZONES: readonly string[] = [
  'AT',
  'BE',
  'CZ',
  'DE',
  'FR',
  'HR',
  'HU',
  'NL',
  'PL',
  'RO',
  'SI',
  'SK',
];

// Each hub borders on one zone. The spelling of the keys is inferred: no recording shows them.
const HUB_ZONES: Readonly<Record<string, string>> = {
  DE_DK1_VH: 'DE',
  DE_DK2_BigHub: 'DE',
  DE_NO2_BigHub: 'DE',
  DE_SE4_Baltic: 'DE',
  NL_DK1_COBRA: 'NL',
  NL_NO2_NorNed: 'NL',
  PL_LT_BigHub: 'PL',
  PL_SE4_SwePol: 'PL',
  RO_BG_VH: 'RO',
};

/** The virtual hubs. */
const VIRTUAL_HUBS: readonly string[] = Object.keys(HUB_ZONES);

/** One directed border: its key and the two ends. */
export interface Border {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  /** One end is a virtual hub of Advanced Hybrid Coupling. */
  readonly virtual: boolean;
}

const border = (from: string, to: string, virtual: boolean): Border => ({
  key: `border_${from}_${to}`,
  from,
  to,
  virtual,
});

const zonePairs = ZONES.flatMap((from) =>
  ZONES.filter((to) => to !== from).map((to) => border(from, to, false)),
);
const hubPairs = Object.entries(HUB_ZONES).flatMap(([hub, zone]) => [
  border(zone, hub, true),
  border(hub, zone, true),
]);

/** All 150 borders, alphabetical by key. */
export const BORDERS: readonly Border[] = [...zonePairs, ...hubPairs].sort((left, right) =>
  left.key < right.key ? -1 : 1,
);

/** The keys in a row of a business day: 132 before the virtual hubs, 150 with them. */
export function bordersOn(day: string, ahcBefore: AhcBefore): readonly Border[] {
  return day >= AHC_FIRST_DAY || ahcBefore === 'null' ? BORDERS : BORDERS.filter(({ virtual }) => !virtual);
}

// Names of columns besides those of max exchanges.

/** `border_A_B` and `border_B_A` of each `A_B` in a text with spaces between. */
export function pairs(text: string): string[] {
  return text
    .split(' ')
    .flatMap((pair) => [`border_${pair}`, `border_${pair.split('_').reverse().join('_')}`]);
}

/** Core zones that border on each other. */
export const NEIGHBOURS: readonly string[] = pairs(
  'AT_CZ AT_DE AT_HU AT_SI BE_DE BE_FR BE_NL CZ_DE CZ_PL CZ_SK DE_FR DE_NL DE_PL HR_HU HR_SI HU_RO HU_SI HU_SK PL_SK',
);

/** Borders of other regions that the reference programme has. */
export const REFERENCE: readonly string[] = pairs(
  'AT_CH AT_IT BE_GB CH_DE CH_FR DE_SE4 FR_GB FR_IT GB_NL HR_RS HU_RS HU_UA IT_SI',
);

/** Nordic zones. */
export const NORDIC_ZONES: readonly string[] = 'DK1 DK2 FI NO1 NO2 NO3 NO4 NO5 SE1 SE2 SE3 SE4'.split(' ');

/** Nordic borders, in no order, and those of the South West Link. */
export const NORDIC_BORDERS: readonly string[] = [
  ...pairs('NO4_SE1 NO4_FI NO4_SE2 NO4_NO3 SE1_SE2 NO3_SE2 NO3_NO1 SE2_SE3 NO5_NO1 NO1_SE3 NO5_NO2 NO1_NO2'),
  ...pairs(
    'DK2_SE4 SE3_SE4 SE1_FI NO3_NO5 SE3_FI NO2_DK1 DK1_SE3 DK1_DK2 NL_DK1 DE_DK1 DE_DK2 NL_NO2 DE_NO2',
  ),
  ...pairs('DE_SE4 LT_SE4 PL_SE4 EE_FI'),
  ...['border_SE3SWL_SE4', 'border_SE4SWL_SE3', 'border_SE4_SE3SWL', 'border_SE3_SE4SWL'],
];

/** The columns of each hub of a day: zones, the two ends of ALEGrO, and virtual hubs once they exist. */
export function hubColumns(day: string, columnsOf: (hub: string) => readonly string[]): string[] {
  const hubs = [...ZONES, 'ALBE', 'ALDE', ...(day < AHC_FIRST_DAY ? [] : VIRTUAL_HUBS)];
  return hubs.flatMap(columnsOf);
}
