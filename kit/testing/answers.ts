/**
 * Does a dataset read what its source sends, and survive what no source should send? Whatever the bytes, reading them ends in points and
 * findings, never in an unexpected exception.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Example } from '../../domain/dataset/example.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import type { CheckInput } from '../../domain/interpret/checks.ts';
import { AnswerRefused } from '../../domain/interpret/finding.ts';
import {
  columnsOf,
  type Interpretation,
  interpret,
  type TextInterpretation,
} from '../../domain/interpret/interpret.ts';
import { deliveryInterval, expectedPoints, intervalStarts } from '../../domain/time/delivery-day.ts';
import { answerFor, type ContractCase, DAY, type PulledSubject, specialDays } from './case.ts';
import { changedBytes, changedFields, holds, strangeBodies } from './mutations.ts';
import { recordedPointCases } from './recorded/points.ts';
import { assertSound } from './sound.ts';

export function answerCases(subject: PulledSubject): ContractCase[] {
  const { example } = subject;
  return [
    ...strangeBodies().map(({ name, bodies, runs }) => ({
      name: `survives ${name}`,
      run: () => assertSurvival(subject, bodies, runs),
    })),
    ...(example ? exampleCases(subject, example) : []),
    ...recordedPointCases(subject.dataset, subject.recordings),
  ];
}

/** Larger answers are mutated less often, so that none takes minutes; ten times at least. */
const EASILY_READ_BYTES = 10_000;

function exampleCases(subject: PulledSubject, example: Example): ContractCase[] {
  const { dataset, isMade } = subject;
  const answerOf = (day: string) => Buffer.from(example.answer(deliveryInterval(dataset, day)));
  const good = answerOf(DAY);
  const share = Math.min(1, EASILY_READ_BYTES / good.length);
  return [
    ...specialDays(dataset).map((day) => ({
      name: `a good answer for ${day} is a complete day${isMade ? '' : ' with nothing to warn of'}`,
      run: () => assertGood(dataset, day, answerOf(day), isMade),
    })),
    {
      name: 'reading leaves the bytes alone and gives the same each time',
      run: () => assertPure(dataset, good),
    },
    ...(namesItsDay(dataset, good)
      ? [
          {
            name: 'the answer of another day gives no point of this one',
            run: () => assertOther(dataset, answerOf(OTHER_DAY)),
          },
        ]
      : []),
    { name: 'a check that looks at the day before says so', run: () => assertNeeds(dataset, good) },
    {
      name: 'survives a good answer with bytes changed',
      run: () => assertSurvival(subject, changedBytes(good), 100 * share),
    },
    {
      name: 'survives a good answer with fields changed',
      run: () => assertSurvival(subject, changedFields(good), 200 * share),
    },
    ...retoldCases(subject, example, good, share),
  ];
}

/** A source sends the same content in other bytes: other row order, other volatile fields. */
function retoldCases(
  subject: PulledSubject,
  { retell }: Example,
  good: Buffer,
  share: number,
): ContractCase[] {
  if (!retell) return [];
  const { dataset, runs } = subject;
  const property = (body: Buffer, numbers: fc.Stream<number>) => {
    const draw = (n: number) => (numbers.next().value as number) % n;
    const one = readAs(dataset, DAY, body);
    const other = readAs(dataset, DAY, retell(body, draw));
    assert.equal(other.kind, one.kind);
    // Of a rejected response only the first problem is known.
    if (one.kind !== 'refused') assert.deepEqual(linesApart(one.canonical, other.canonical), []);
    assert.deepEqual(linesApart(pointsAsText(one), pointsAsText(other)), []);
  };
  return [
    {
      name: 'the same content in other bytes means the same, also where it is broken',
      run: () => {
        const bodies = fc.oneof(fc.constant(good), changedFields(good));
        holds(fc.property(bodies, fc.infiniteStream(fc.nat()), property), runs(100 * share));
      },
    },
  ];
}

function readAs(dataset: PulledPoints, day: string, body: Uint8Array): TextInterpretation {
  return interpret(dataset, day, body, undefined, answerFor(dataset, day));
}

function assertSurvival(
  { dataset, runs }: PulledSubject,
  bodies: fc.Arbitrary<Buffer>,
  wanted: number,
): void {
  const property = fc.property(bodies, (body) => {
    try {
      dataset.pull.decode(body, answerFor(dataset, DAY));
    } catch (error) {
      assert.ok(
        error instanceof AnswerRefused,
        `decode threw ${error}; throw AnswerRefused, or give findings`,
      );
    }
    assertSound(dataset, DAY, readAs(dataset, DAY, body));
  });
  holds(property, runs(wanted));
}

function assertGood(dataset: PulledPoints, day: string, body: Buffer, isMade: boolean): void {
  const read = readAs(dataset, day, body);
  // Made-up names and values may trip checks that know the market.
  const findings = isMade ? read.findings.filter(({ severity }) => severity === 'block') : read.findings;
  assert.deepEqual(
    findings.map(({ rule, reason }) => `${rule}: ${reason}`),
    [],
  );
  assert.equal(read.kind, 'points');
  assert.equal(
    read.points.length,
    read.expectedPoints ?? expectedPoints(dataset, day, 0),
    'the day is not complete by expectedSeries and resolution',
  );
  assertSound(dataset, day, read);
}

function assertPure(dataset: PulledPoints, good: Buffer): void {
  const before = Buffer.from(good);
  assert.deepEqual(readAs(dataset, DAY, good), readAs(dataset, DAY, good));
  assert.ok(good.equals(before), 'decode changed the bytes');
}

const OTHER_DAY = '2026-11-10';

/** Whether a body names its own day, rather than relying on the requested one. */
function namesItsDay(dataset: PulledPoints, body: Buffer): boolean {
  const startOf = (day: string) => dataset.pull.decode(body, answerFor(dataset, day)).points[0]?.startsAtMs;
  return startOf(DAY) === startOf(OTHER_DAY);
}

function assertOther(dataset: PulledPoints, body: Buffer): void {
  const read = readAs(dataset, DAY, body);
  assert.deepEqual(read.points, [], 'points of another day were taken for points of this one');
  assertSound(dataset, DAY, read);
}

function assertNeeds(dataset: PulledPoints, good: Buffer): void {
  const { points } = dataset.pull.decode(good, answerFor(dataset, DAY));
  const names = new Set(points.map(({ series }) => series));
  const columnsBy = (name: string) =>
    columnsOf(
      points.filter((point) => point.series === name),
      3_600_000,
    );
  const series = new Map([...names].map((name) => [name, columnsBy(name)]));
  const about = {
    day: DAY,
    starts: intervalStarts(dataset, DAY),
    series,
    unusable: new Map(),
    expectedSeries: 1,
  };
  const input: CheckInput = { ...about, repeatsYesterday: false };
  for (const check of dataset.checks.filter(({ needs }) => !needs?.includes('yesterday')))
    assert.deepEqual(
      [...check.run({ ...input, repeatsYesterday: true })],
      [...check.run(input)],
      `the check "${check.rule}" looks at the day before: write needs: ['yesterday']`,
    );
}

function pointsAsText({ points }: Interpretation): string {
  return points.map(({ series, startsAtMs, value }) => `${series} ${startsAtMs} ${value}`).join('\n');
}

/** A few lines in which two texts differ: the whole texts are too long to read. */
function linesApart(one: string, other: string): string[] {
  const [a, b] = [one.split('\n'), other.split('\n')];
  const length = Math.max(a.length, b.length);
  return Array.from({ length }, (_, i) => (a[i] === b[i] ? '' : `${a[i]} | ${b[i]}`))
    .filter((line) => line !== '')
    .slice(0, 5);
}
