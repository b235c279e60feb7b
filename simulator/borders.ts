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
export const VIRTUAL_HUBS: readonly string[] = Object.keys(HUB_ZONES);

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
