/** Checks specific to the platform. */
import type { Check } from '../../domain/interpret/checks.ts';

/** The platform has served zeros as prices of days not yet published: no real day is zero throughout. */
export function allZeros(): Check {
  return {
    rule: 'all_zeros',
    severity: 'block',
    summary:
      'Every value of a series is zero, as the platform answered for days that were not published; the points are quarantined.',
    *run({ series }) {
      for (const [name, { startsAtMs, values }] of series) {
        if (values.length < 2 || values.some((value) => value !== 0)) continue;
        for (const at of startsAtMs)
          yield { series: name, startsAtMs: at, reason: `${name} is zero all day long` };
      }
    },
  };
}
