/** What the names of series mean: `NL`, `DE_LU.2`, `NL.B16`, `NL.B10.consumption`, `DE_LU>NL`, `AT.A04`. */
import { ZONES } from './zones.ts';

type Attributes = Readonly<Record<string, string>>;

const CODES = new Set(ZONES.map(({ code }) => code));

/** The zone, and the rest of the name split into named attributes, in order. Empty for a name that does not start with a zone. */
export function zoneAnd(...names: readonly string[]) {
  return (series: string): Attributes => {
    const [zone = '', ...rest] = series.split('.');
    if (!CODES.has(zone)) return {};
    const values = names.map((name, i) => [name, rest[i]]).filter(([, value]) => value?.trim());
    return { zone, ...Object.fromEntries(values) };
  };
}

/** Direction of a series of generation: consumption is marked in its name, all else is generation. */
export function generationAttributes(series: string): Attributes {
  const attributes = zoneAnd('psr_type', 'direction')(series);
  return attributes.psr_type === undefined ? {} : { direction: 'generation', ...attributes };
}

/** A flow's zones: from and to. Its zone is the one it comes from. */
export function flowAttributes(series: string): Attributes {
  const [from = '', to = ''] = series.split('>');
  return CODES.has(from) && CODES.has(to) ? { zone: from, from, to } : {};
}
