/** Columns of the tables by name, and what a column's name means. */
/** Core zones that border on each other, both ways. */
const NEIGHBOURS = bothWays([
  ...['AT_CZ', 'AT_DE', 'AT_HU', 'AT_SI', 'BE_DE', 'BE_FR', 'BE_NL', 'CZ_DE', 'CZ_PL', 'CZ_SK'],
  ...['DE_FR', 'DE_NL', 'DE_PL', 'HR_HU', 'HR_SI', 'HU_RO', 'HU_SI', 'HU_SK', 'PL_SK'],
]);

/** Borders between zones of the region and others that are cleared together with it. */
const COUPLED = bothWays(['DE_DK1', 'DE_DK2', 'ES_FR', 'NL_DK1']);

/** Borders of other regions in the reference programme. */
export const ELSEWHERE = bothWays([
  ...['AT_CH', 'AT_IT', 'BE_GB', 'CH_DE', 'CH_FR', 'DE_SE4', 'FR_GB', 'FR_IT', 'GB_NL', 'HR_RS', 'HU_RS'],
  ...['HU_UA', 'IT_SI'],
]);

export const neighbours = (): readonly string[] => NEIGHBOURS;
export const scheduledBorders = (): readonly string[] => [...NEIGHBOURS, ...COUPLED];

/** Borders of the region with others, without those whose capacity is always null. */
export const externalBorders = (): readonly string[] =>
  bothWays(['ALBE_ALDE', 'DE_DK1', 'DK1_NL', 'ES_FR', 'RO_BG']);

/** The columns of the borders with Italy exist, but Core publishes no capacity in them. */
export function isItalian(series: string): boolean {
  return /_IT(_|$)/.test(series);
}

/** `border_AT_CZ` and `border_CZ_AT` of each `AT_CZ`. */
export function bothWays(pairs: readonly string[]): string[] {
  return pairs.flatMap((pair) => [`border_${pair}`, `border_${pair.split('_').toReversed().join('_')}`]);
}

const BORDER = /^border_([A-Z][A-Z0-9]*)_([A-Z][A-Z0-9]*)$/;
const HUB = /^(hub_|min_?|max_?)([A-Z]\w*)$/;

/** The ends of a border, the hub of a position, whether it is a limit; empty for a name that shows none of these clearly. */
export function attributesOf(series: string): Readonly<Record<string, string>> {
  const [, from, to] = BORDER.exec(series) ?? [];
  if (from && to) return { from, to };
  const [, kind, hub] = HUB.exec(series) ?? [];
  if (!kind || !hub) return {};
  return kind === 'hub_' ? { hub } : { hub, limit: kind.slice(0, 3) };
}
