/** Do net positions agree with the exchanges where they do, and is it said where they do not? */
import { expect, test } from 'vitest';
import check from '../../../../datasets/jao-core/net-position-check.ts';
import type { InputPoints } from '../../../../domain/dataset/derive.ts';
import { computedBody, interpretComputed } from '../../../../domain/interpret/computed.ts';
import { deliveryInterval, intervalStarts } from '../../../../domain/time/delivery-day.ts';

const DAY = '2026-11-20';
const starts = intervalStarts(check, DAY);
const { endMs } = deliveryInterval(check, DAY);

const BORDERS = ['CZ', 'DE', 'HU', 'SI'].flatMap((zone) => [`border_AT_${zone}`, `border_${zone}_AT`]);

function columns(names: readonly string[], valueAt: (name: string, i: number) => number | null): InputPoints {
  return new Map(
    names.map((name) => [
      name,
      {
        stepMs: 900_000,
        startsAtMs: Float64Array.from(starts),
        values: Float64Array.from(starts, (_, i) => valueAt(name, i) ?? Number.NaN),
      },
    ]),
  );
}

/** Austria sends 100.1 MW over each of its borders and gets 25 MW over each. */
const exchanges = columns(BORDERS, (name) => (name.startsWith('border_AT') ? 100.1 : 25));
const interpreted = (positions: InputPoints, of = exchanges) => {
  const points = check.derive.compute({ day: DAY, starts, endMs, inputs: { positions, exchanges: of } });
  return interpretComputed(check, DAY, computedBody({ inputs: [], waitsFor: [], points }));
};
const valuesIn = (read: ReturnType<typeof interpreted>, name: string) =>
  read.points.filter(({ series }) => series === name).map(({ value }) => value);
const differing = ({ findings }: ReturnType<typeof interpreted>) =>
  findings.filter(({ rule }) => rule === 'net_position_differs').map(({ reason }) => reason);

test('a position that the exchanges add up to differs by nothing', () => {
  const read = interpreted(columns(['hub_AT'], () => 300.4));
  expect(new Set(valuesIn(read, 'exchanges_AT'))).toEqual(new Set([300.4]));
  expect(new Set(valuesIn(read, 'difference_AT'))).toEqual(new Set([0]));
  expect(valuesIn(read, 'difference_AT')).toHaveLength(96);
  expect(differing(read)).toEqual([]);
});

test('a difference is a finding with its size', () => {
  const read = interpreted(columns(['hub_AT'], (_, i) => (i < 3 ? 290 : 300.4)));
  expect(differing(read)).toEqual([
    'the net position of AT differs from its scheduled exchanges in 3 intervals, by up to 10.4 MW',
  ]);
});

test('virtual hubs belong to their zone; a null is a null; without a border nothing is known', () => {
  const romania = columns(['border_HU_RO', 'border_RO_HU'], (name, i) =>
    i === 0 ? null : name === 'border_RO_HU' ? 50 : 0,
  );
  const positions = columns(['hub_RO', 'hub_RO_BG_VH'], (name) => (name === 'hub_RO' ? 30 : 20));
  const read = interpreted(positions, romania);
  expect(valuesIn(read, 'difference_RO').slice(0, 2)).toEqual([null, 0]);
  expect(valuesIn(read, 'difference_AT')).toEqual([]);
  expect(
    valuesIn(
      interpreted(
        columns(['hub_AT'], () => 0),
        romania,
      ),
      'exchanges_RO',
    ),
  ).toHaveLength(96);
});
