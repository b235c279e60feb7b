/** A broken sender produces thousands of bad lines a minute: the first findings show why, and all lines are in the payload. Pure. */
import { type Finding, finding } from './finding.ts';

export const FINDINGS_PER_RULE = 100;

/** The first findings of each rule, and one that counts the rest. */
export function capFindings(findings: readonly Finding[]): Finding[] {
  const counts = new Map<string, { kept: number; rest: number; first: Finding }>();
  const kept = findings.filter((found) => {
    const count = counts.get(found.rule) ?? { kept: 0, rest: 0, first: found };
    counts.set(found.rule, count);
    if (count.kept === FINDINGS_PER_RULE) count.rest += found.points;
    else count.kept += 1;
    return count.rest === 0;
  });
  const rests = [...counts].flatMap(([rule, { rest, first }]) =>
    rest === 0
      ? []
      : [finding(rule, first.severity, `${rest} more of rule ${rule} in this payload`, { points: rest })],
  );
  return [...kept, ...rests];
}
