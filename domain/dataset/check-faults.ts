/** Whether a dataset can give its checks what they need. Pure. */
import type { Check, CheckNeed } from '../interpret/checks.ts';

interface Checked {
  readonly checks?: readonly Pick<Check, 'rule' | 'needs'>[] | undefined;
  readonly silence: 'keep' | 'withdraw' | 'nothing';
}

const LACKS: Readonly<Record<CheckNeed, string>> = {
  grid: 'must be left out, or the definition needs "resolution" and "expectedSeries": it compares a day with them',
  whole: 'must be left out where silence is "nothing": it judges answers that say all there is of a day',
  yesterday: 'must be left out without "pull": only of days that are requested the day before is known',
};

/** @param has what the definition provides, besides its silence. */
export function checkFaults(
  { checks = [], silence }: Checked,
  has: { readonly grid: boolean; readonly yesterday: boolean },
): string[] {
  const given = { ...has, whole: silence !== 'nothing' };
  const rules = checks.map(({ rule }) => rule);
  const twice = rules.filter((rule, i) => rules.indexOf(rule) < i);
  return [
    ...checks.flatMap(({ rule, needs = [] }) =>
      needs.filter((need) => !given[need]).map((need) => `check "${rule}" ${LACKS[need]}`),
    ),
    ...twice.map((rule) => `check "${rule}" is there twice: leave one out`),
  ];
}
