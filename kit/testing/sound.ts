/** What must hold for any result, whatever the bytes were. */
import assert from 'node:assert/strict';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import type { Interpretation } from '../../domain/interpret/interpret.ts';
import { DECODER_RULES, PLATFORM_RULES } from '../../domain/interpret/rules.ts';
import { intervalStarts } from '../../domain/time/delivery-day.ts';

export function assertSound(dataset: PulledPoints, day: string, read: Interpretation): void {
  const starts = new Set(intervalStarts(dataset, day));
  const keys = read.points.map(({ series, startsAtMs }) => `${startsAtMs} ${series}`);
  const unsound = read.points.filter(
    ({ startsAtMs, value, series }) =>
      !starts.has(startsAtMs) || !(value === null || Number.isFinite(value)) || !isStorable(series),
  );
  assert.deepEqual(
    unsound,
    [],
    'points that cannot be kept: off the grid, no number, or a name that no database takes',
  );
  assert.equal(new Set(keys).size, keys.length, 'a point came twice');
  const blocked = read.findings.filter(({ severity }) => severity === 'block');
  const written = new Set(keys);
  assert.deepEqual(
    blocked.filter(({ series, startsAtMs }) => written.has(`${startsAtMs} ${series}`)),
    [],
    'a blocked point would be written',
  );
  if (read.kind !== 'points') assert.deepEqual(read.points, []);
  if (read.kind === 'refused') assert.equal(blocked.length, 1);
  if (read.kind === 'empty') assert.deepEqual([...blocked, ...read.canonical], []);
  assertFindings(dataset, read);
}

function assertFindings(dataset: PulledPoints, { findings }: Interpretation): void {
  const rules = new Map(dataset.checks.map(({ rule, severity }) => [rule, severity]));
  for (const { rule, severity, reason, points, series, raw } of findings) {
    // A rule that is in no table is not documented either.
    const declared = rules.get(rule) ?? { ...PLATFORM_RULES, ...DECODER_RULES }[rule]?.severity;
    assert.equal(
      severity,
      declared,
      `the rule "${rule}" is of no check and no decoder, or has another severity there`,
    );
    assert.match(reason, /\S/, `a finding of "${rule}" has no reason`);
    assert.ok(Number.isInteger(points) && points >= 0, `a finding of "${rule}" speaks of ${points} points`);
    assert.ok(
      series === null || isStorable(series),
      `a finding of "${rule}" names a series that no database takes`,
    );
    assert.ok(
      (raw?.length ?? 0) <= 500,
      `a finding of "${rule}" has a raw value of ${raw?.length} characters`,
    );
  }
}

/** PostgreSQL stores no U+0000, no invalid Unicode, and in an index no key longer than a third of a page. */
function isStorable(series: string): boolean {
  return !series.includes('\u0000') && Buffer.from(series).toString() === series && series.length <= 500;
}
