/** The one judge: runs the checks of a dataset over what was decoded, and tells which points or records they quarantine. Pure. */
import type { Check, Hit } from './checks.ts';

/** Places that a check of severity `block` names: instants by series, of records by key. */
export type Held = ReadonlyMap<string, ReadonlySet<number>>;

/** @param tell called for each hit, in order of the checks. */
export function judge<Input>(
  checks: readonly Check<Input>[],
  input: Input,
  tell: (check: Check<Input>, hit: Hit) => void,
): Held {
  const held = new Map<string, Set<number>>();
  for (const check of checks) {
    for (const hit of check.run(input)) {
      tell(check, hit);
      const { series, startsAtMs } = hit;
      if (check.severity !== 'block' || series === undefined || startsAtMs === undefined) continue;
      const instants = held.get(series) ?? new Set();
      held.set(series, instants.add(startsAtMs));
    }
  }
  return held;
}
