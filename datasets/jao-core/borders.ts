/**
 * Borders of the Core region as their column names spell them: `border_<FROM>_<TO>`, each side a bidding zone or, since
 * Advanced Hybrid Coupling (delivery day 2026-06-11), a virtual hub whose own name contains underscores. So a name is
 * never split at `_` blindly: both sides must be known hubs, the longest first.
 */
import type { Check } from '../../domain/interpret/checks.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';

/** Bidding zones. DE means DE-LU. */
export const ZONES = ['AT', 'BE', 'CZ', 'DE', 'FR', 'HR', 'HU', 'NL', 'PL', 'RO', 'SI', 'SK'];

/** Virtual hubs of Advanced Hybrid Coupling. */
const VIRTUAL_HUBS = [
  'DE_DK1_VH',
  'DE_DK2_BigHub',
  'DE_NO2_BigHub',
  'DE_SE4_Baltic',
  'NL_DK1_COBRA',
  'NL_NO2_NorNed',
  'PL_LT_BigHub',
  'PL_SE4_SwePol',
  'RO_BG_VH',
];

const HUBS = [...ZONES, ...VIRTUAL_HUBS].toSorted((a, b) => b.length - a.length).join('|');
const BORDER = new RegExp(`^border_(${HUBS})_(${HUBS})$`);

/** Zones, and from 2026-06-11 on the virtual hubs behind them. */
export function zonesOn(day: CivilDay): string[] {
  return day < '2026-06-11' ? ZONES : [...ZONES, ...VIRTUAL_HUBS];
}

/** The columns of max exchanges of a delivery day: every ordered pair of zones, and from 2026-06-11 on each virtual hub with its zone, both ways. */
export function bordersOn(day: CivilDay): string[] {
  const between = ZONES.flatMap((from) =>
    ZONES.filter((to) => to !== from).map((to) => `border_${from}_${to}`),
  );
  if (day < '2026-06-11') return between;
  const hubs = VIRTUAL_HUBS.map((hub) => [hub.slice(0, 2), hub]);
  return [...between, ...hubs.flatMap(([zone, hub]) => [`border_${zone}_${hub}`, `border_${hub}_${zone}`])];
}

/** The two sides of a border's column name; undefined when either is not a known hub. */
export function sidesOf(series: string): { from: string; to: string } | undefined {
  const match = BORDER.exec(series);
  return match?.[1] && match[2] ? { from: match[1], to: match[2] } : undefined;
}

/** A column that is not a border between known hubs. It is accepted and kept: publishers add borders. */
export function unknownBorder(): Check {
  return {
    rule: 'unknown_border',
    severity: 'info',
    summary: 'A border between hubs that we do not know was published; it is kept under its own name.',
    run: ({ series }) =>
      [...series]
        .filter(([name]) => sidesOf(name) === undefined)
        .map(([name, points]) => ({
          series: name,
          points: points.values.length,
          reason: `${name} is no border between known hubs`,
        })),
  };
}

/** A border published in one direction only. */
export function missingOpposite(): Check {
  return {
    rule: 'missing_opposite',
    severity: 'warn',
    summary: 'A border was published in one direction only.',
    needs: ['whole'],
    run: ({ series }) =>
      [...series].flatMap(([name, points]) => {
        const sides = sidesOf(name);
        const opposite = sides && `border_${sides.to}_${sides.from}`;
        if (!opposite || series.has(opposite)) return [];
        return [
          { series: name, points: points.values.length, reason: `${name} is there, ${opposite} is not` },
        ];
      }),
  };
}
