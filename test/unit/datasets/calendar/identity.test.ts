/** Does a holiday keep its id through renaming and moving, whatever the source and the order it lists them in? */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Entry, type Identified, identify } from '../../../../datasets/calendar/identity.ts';

const entry = (date: string, name: string, more: Partial<Entry> = {}): Entry => ({
  ...{ rule: null, date, name, localName: null, type: 'public', substitute: null },
  ...more,
});
const identified = (entries: readonly Entry[], before: readonly Identified[] = []): Identified[] =>
  identify(entries, before).map((id, i) => ({ ...(entries[i] as Entry), id }));

const KING = entry('2026-04-27', 'King’s Day', { rule: '04-27' });
const LABOUR = entry('2026-05-01', 'Labour Day', { rule: '05-01' });

describe('an id', () => {
  test('is made of the name that the holiday had first', () => {
    expect(identify([KING, LABOUR, entry('2026-06-01', '国庆节')], [])).toEqual([
      'kings-day',
      'labour-day',
      'holiday',
    ]);
  });

  test('is there once, also for holidays of one name', () => {
    const twice = [entry('2026-01-02', 'Eid'), entry('2026-12-22', 'Eid')];
    expect(identify(twice, [])).toEqual(['eid', 'eid-2']);
    expect(identify(twice.toReversed(), [])).toEqual(['eid-2', 'eid']);
  });

  test.each([
    ['renamed', { ...KING, name: 'Crown Day' }],
    ['moved', { ...KING, date: '2026-04-25' }],
    ['renamed and moved, by its rule', { ...KING, name: 'Crown Day', date: '2026-04-30' }],
    ['under another rule, by its name', { ...KING, rule: '04-30', date: '2026-04-30' }],
    ['of a source that has no rules', { ...KING, rule: null }],
  ])('stays when the holiday is %s', (_, changed) => {
    const before = identified([KING, LABOUR]);
    expect(identify([LABOUR, changed], before)).toEqual(['labour-day', 'kings-day']);
  });

  test('of a withdrawn holiday goes to no other one', () => {
    const before = identified([KING, LABOUR]);
    expect(identify([LABOUR, entry('2026-09-01', 'King’s Day Parade')], before)).toEqual([
      'labour-day',
      'kings-day-parade',
    ]);
  });

  test('is not guessed where two could be the one before', () => {
    const before = identified([entry('2026-03-01', 'A'), entry('2026-03-01', 'B')]);
    expect(identify([entry('2026-03-01', 'C')], before)).toEqual(['c']);
  });
});

const anyEntry = fc.record({
  rule: fc.constantFrom(null, 'easter 1', '01-01', '12-26'),
  date: fc.constantFrom('2026-01-01', '2026-04-06', '2026-12-26', '2026-12-28'),
  name: fc.constantFrom('New Year', 'Easter Monday', 'Boxing Day', '*', '—'),
  localName: fc.constant(null),
  type: fc.constantFrom('public', 'bank'),
  substitute: fc.constantFrom(null, true, false),
});

test('ids are unique, and the same answer again has the same ones, in whatever order', () => {
  const entries = fc.uniqueArray(anyEntry, { maxLength: 8, selector: (each) => JSON.stringify(each) });
  fc.assert(
    fc.property(entries, entries, fc.infiniteStream(fc.nat()), (first, second, order) => {
      const before = identified(second, identified(first));
      expect(new Set(before.map(({ id }) => id)).size).toBe(before.length);
      const shuffled = before.map((each) => ({ each, at: order.next().value })).sort((a, b) => a.at - b.at);
      const again = identified(
        shuffled.map(({ each: { id: _, ...plain } }) => plain),
        before,
      );
      const idsOf = (list: readonly Identified[]) =>
        new Map(list.map(({ id, ...plain }) => [JSON.stringify(plain), id]));
      expect(idsOf(again)).toEqual(idsOf(before));
    }),
  );
});
