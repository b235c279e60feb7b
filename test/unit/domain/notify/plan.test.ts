/** Is everything wrong told once, and over once, however days come and go? Over random histories. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Incident } from '../../../../domain/notify/incident.ts';
import { type OpenTold, type Plan, planFor } from '../../../../domain/notify/plan.ts';
import { receiverFaults } from '../../../../domain/notify/receiver.ts';
import { addDays, daysFrom } from '../../../../domain/time/civil-day.ts';

const day = (n: number) => addDays('2026-01-01', n);
const late = (days: readonly number[]): Incident => ({
  ...{ cause: 'late', dataset: 'a.b', subject: '', detail: null },
  days: days.map(day).toSorted(),
});

/** What is stored of a plan; an hour passes between two. */
function carryOut(told: readonly OpenTold[], { opened, grown, over }: Plan, at: number): OpenTold[] {
  const left = told
    .filter(({ id }) => !over.includes(id))
    .map((each) => ({
      ...each,
      isFresh: false,
      days: grown.find(({ id }) => id === each.id)?.days ?? each.days,
    }));
  return [...left, ...opened.map((incident, n) => ({ ...incident, id: `${at}.${n}`, isFresh: true }))];
}

describe('days of one cause', () => {
  test('every day that is wrong belongs to exactly one open incident, and an incident without such a day is over', () => {
    const history = fc.array(fc.uniqueArray(fc.nat(40), { maxLength: 8 }), { maxLength: 12 });
    fc.assert(
      fc.property(history, (steps) => {
        let told: OpenTold[] = [];
        steps.forEach((days, at) => {
          const current = days.length > 0 ? [late(days)] : [];
          const plan = planFor(current, [], told);
          told = carryOut(told, plan, at);
          for (const n of days) expect(told.filter((each) => each.days.includes(day(n)))).not.toEqual([]);
          for (const each of told) expect(each.days.some((one) => days.map(day).includes(one))).toBe(true);
          // Nothing changes until something does.
          expect(planFor(current, [], told)).toEqual({ opened: [], grown: [], over: [] });
        });
      }),
    );
  });

  test('a day far from an old problem is told by itself; one beside it, or within the hour, joins', () => {
    const old: OpenTold = { ...late([0]), id: 'old', cause: 'late', isFresh: false };
    expect(planFor([late([0, 30])], [], [old]).opened).toEqual([late([30])]);
    expect(planFor([late([0, 4, 8])], [], [old])).toMatchObject({ opened: [], grown: [{ id: 'old' }] });
    expect(planFor([late([0, 30])], [], [{ ...old, isFresh: true }]).opened).toEqual([]);
    expect(daysFrom(day(0), day(4))).toBe(4);
  });

  test('what could not be checked goes on; another cause, dataset or subject is another incident', () => {
    const told: OpenTold = { ...late([]), id: 'x', cause: 'no_worker', isFresh: false };
    expect(planFor([], ['no_worker'], [told]).over).toEqual([]);
    expect(planFor([], ['late'], [told]).over).toEqual(['x']);
    expect(planFor([{ ...late([]), cause: 'no_worker', subject: 'y' }], [], [told])).toMatchObject({
      opened: [{ subject: 'y' }],
      over: ['x'],
    });
  });
});

test('a receiver that is written wrongly is refused by field, and its address is not repeated', () => {
  const wrong = receiverFaults({ name: ' ', channel: 'pigeon', address: 'https://u:sesame@x.test/' });
  expect(wrong.map(({ field }) => field)).toEqual(['name', 'channel']);
  for (const address of [
    'https://u:sesame@x.test/',
    'ftp://x.test/sesame',
    'sesame',
    'https://x.test/#sesame',
  ]) {
    const faults = receiverFaults({ name: 'desk', channel: 'webhook', address });
    expect(faults.map(({ field }) => field)).toEqual(['address']);
    expect(JSON.stringify(faults)).not.toContain('sesame');
  }
  expect(receiverFaults({ name: 'desk', channel: 'mail', address: 'a@b@c' })).toHaveLength(1);
  expect(receiverFaults({ name: 'desk', channel: 'mail', address: 'desk@example.org' })).toEqual([]);
});
