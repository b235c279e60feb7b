/** Does a computed dataset follow from its inputs alone? Its function is run on what the examples or recordings of its inputs say. */
import assert from 'node:assert/strict';
import type { DerivedPoints, InputPoints } from '../../domain/dataset/derive.ts';
import type { Example } from '../../domain/dataset/example.ts';
import { effectiveOn } from '../../domain/dataset/facts.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import type { SeriesPoints } from '../../domain/interpret/checks.ts';
import { answerToDay, bySeries, columnsOf } from '../../domain/interpret/interpret.ts';
import { deliveryInterval, intervalStarts } from '../../domain/time/delivery-day.ts';
import { type ContractCase, DAY, type Recorded } from './case.ts';
import { withClock } from './recorded/clock.ts';

/** A dataset that another one is computed from, and an answer of its source. */
export interface InputMaterial {
  readonly dataset: PulledPoints;
  readonly answer: Recorded;
}

/** @param inputs by their names in the definition; those without material are left out */
export function derivedCases(
  dataset: DerivedPoints,
  inputs: Readonly<Record<string, InputMaterial>>,
): ContractCase[] {
  const day = Object.values(inputs)[0]?.answer.unit;
  const required = Object.entries(dataset.derive.inputs).filter(
    ([, { optional, until }]) => !optional && until === undefined,
  );
  if (day === undefined || !required.every(([name]) => inputs[name]?.answer.unit === day)) return [];
  return [
    {
      name: 'computes points of its own intervals, once each',
      run: () => assertOwnPoints(dataset, inputs, day),
    },
    {
      name: 'computes the same at any time, and leaves its inputs alone',
      run: () => assertPure(dataset, inputs, day),
    },
    ...(unitOfEnergy(dataset.unit)
      ? [{ name: 'adds up energy, in whatever steps it comes', run: () => assertSums(dataset, inputs, day) }]
      : []),
  ];
}

type Inputs = Record<string, InputPoints>;

function inputsOf(inputs: Readonly<Record<string, InputMaterial>>): Inputs {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { dataset, answer }]) => {
      const { unit, content, about } = answer;
      const { points } = dataset.pull.decode(content, answerToDay(dataset, unit, about));
      const stepMs = effectiveOn(dataset.resolution, unit).minutes * 60_000;
      return [
        name,
        new Map([...bySeries(points)].map(([series, list]) => [series, columnsOf(list, stepMs)])),
      ];
    }),
  );
}

function computed(dataset: DerivedPoints, inputs: Inputs, day: string) {
  const { endMs } = deliveryInterval(dataset, day);
  return dataset.derive.compute({ day, starts: intervalStarts(dataset, day), endMs, inputs, records: {} });
}

function assertOwnPoints(
  dataset: DerivedPoints,
  inputs: Readonly<Record<string, InputMaterial>>,
  day: string,
): void {
  const points = computed(dataset, inputsOf(inputs), day);
  const starts = new Set(intervalStarts(dataset, day));
  const off = points.filter(
    ({ startsAtMs, value }) => !starts.has(startsAtMs) || !(value === null || Number.isFinite(value)),
  );
  assert.deepEqual(
    off.slice(0, 3),
    [],
    'points that cannot be kept: of no interval of the day, or no number',
  );
  const names = new Set(points.map(({ series, startsAtMs }) => `${startsAtMs} ${series}`));
  assert.equal(names.size, points.length, 'a point was computed twice');
}

function assertPure(
  dataset: DerivedPoints,
  inputs: Readonly<Record<string, InputMaterial>>,
  day: string,
): void {
  const given = inputsOf(inputs);
  const [then, later] = ['2019-02-03T04:05:06Z', '2031-07-08T09:10:11Z'].map((at) =>
    withClock(Date.parse(at), () => computed(dataset, given, day)),
  );
  assert.deepEqual(then, later, 'the same inputs gave other points at another time');
  assert.deepEqual(given, inputsOf(inputs), 'compute changed its inputs');
}

function unitOfEnergy(unit: string): boolean {
  return /^[kMGT]?Wh$/.test(unit);
}

/** A mean of energies is as much too small as its interval has steps: with the same energy in longer steps it grows by that. */
function assertSums(
  dataset: DerivedPoints,
  inputs: Readonly<Record<string, InputMaterial>>,
  day: string,
): void {
  const stepMs = effectiveOn(dataset.resolution, day).minutes * 60_000;
  const given = inputsOf(inputs);
  const energies = Object.keys(inputs).filter((name) => unitOfEnergy(inputs[name]?.dataset.unit ?? ''));
  const steps = energies.flatMap((name) =>
    [...(given[name] ?? new Map()).values()].map((points) => points.stepMs),
  );
  const factor = stepMs / Math.min(...steps);
  if (!(factor > 1) || !Number.isInteger(factor)) return;
  const longer = { ...given };
  for (const name of energies)
    longer[name] = new Map(
      [...(given[name] ?? [])].map(([series, points]) => [series, addedUp(points, stepMs)]),
    );
  const [one, other] = [computed(dataset, given, day), computed(dataset, longer, day)].map(
    (points) => new Map(points.map(({ series, startsAtMs, value }) => [`${startsAtMs} ${series}`, value])),
  );
  const grown = [...(one ?? [])].filter(
    ([name, value]) => value && Math.abs((other?.get(name) ?? 0) / value - factor) < 1e-6,
  );
  assert.equal(
    grown.length,
    0,
    `it takes means of energy: with the same ${dataset.unit} in longer steps its values are ${factor} times as large; onGrid gives means, add the steps up instead`,
  );
}

function addedUp({ startsAtMs, values, stepMs }: SeriesPoints, intoMs: number): SeriesPoints {
  const sums = new Map<number, number>();
  const first = startsAtMs[0] ?? 0;
  for (const [i, ms] of startsAtMs.entries()) {
    const start = first + Math.floor((ms - first) / intoMs) * intoMs;
    sums.set(start, (sums.get(start) ?? 0) + (values[i] as number));
  }
  const step = Math.max(intoMs, stepMs);
  return {
    startsAtMs: Float64Array.from(sums.keys()),
    values: Float64Array.from(sums.values()),
    stepMs: step,
  };
}

/** The first recording, which has the names of the source; without one, what the example says of an ordinary day. */
export function materialOf(
  dataset: PulledPoints,
  example: Example | undefined,
  [recorded]: readonly Recorded[],
): InputMaterial | undefined {
  const answer = recorded ?? (example && exampleAnswer(dataset, example));
  return answer && { dataset, answer };
}

function exampleAnswer(dataset: PulledPoints, example: Example): Recorded {
  return { unit: DAY, content: Buffer.from(example.answer(deliveryInterval(dataset, DAY))), about: {} };
}
