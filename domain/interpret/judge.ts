/** The one judge: runs the checks of a dataset on decoded data of any origin. Pure. */
import type { Check, Hit } from './checks.ts';

/** Points named by a check of severity `block`: instants by series. */
export type HeldPoints = ReadonlyMap<string, ReadonlySet<number>>;

/** @param tell called for each hit, in order of the checks. */
export function judge<Input>(
  checks: readonly Check<Input>[] | undefined,
  input: Input,
  tell: (check: Check<Input>, hit: Hit) => void,
): void {
  for (const check of checks ?? []) for (const hit of check.run(input)) tell(check, hit);
}

/** The same for points. @returns those that are quarantined. */
export function judgePoints<Input>(
  checks: readonly Check<Input>[] | undefined,
  input: Input,
  tell: (check: Check<Input>, hit: Hit) => void,
): HeldPoints {
  const held = new Map<string, Set<number>>();
  judge(checks, input, (check, hit) => {
    tell(check, hit);
    const { series, startsAtMs } = hit;
    if (check.severity !== 'block' || series === undefined || startsAtMs === undefined) return;
    const instants = held.get(series) ?? new Set();
    held.set(series, instants.add(startsAtMs));
  });
  return held;
}
