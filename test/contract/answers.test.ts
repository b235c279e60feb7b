/**
 * Does every dataset of the catalogue read what its source sends, and survive what no source should send? The bytes come
 * from outside: whatever they are, reading them ends in points and findings, never in an exception.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { datasetPlaces } from '../../config-datasets.ts';
import { loadCatalog, loadExamples } from '../../datasets/catalog.ts';
import type { Example } from '../../domain/dataset/example.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import type { CheckInput } from '../../domain/interpret/checks.ts';
import { AnswerRefused } from '../../domain/interpret/finding.ts';
import { columnsOf, type Interpretation, interpret } from '../../domain/interpret/interpret.ts';
import { DECODER_RULES, PLATFORM_RULES } from '../../domain/interpret/rules.ts';
import { deliveryInterval, expectedPoints, intervalStarts } from '../../domain/time/delivery-day.ts';
import { asBody, changedBytes, changedFields } from './mutations.ts';

const { datasets } = await loadCatalog(datasetPlaces());
const examples = await loadExamples(datasetPlaces());
const DAY = '2026-11-20';

function decodeOrRefuse(dataset: PulledPoints, body: Uint8Array): void {
  try {
    dataset.pull.decode(body);
  } catch (error) {
    expect(error).toBeInstanceOf(AnswerRefused);
  }
}

/** What holds for every interpretation, whatever the bytes were. */
function expectSound(dataset: PulledPoints, day: string, read: Interpretation): void {
  const starts = new Set(intervalStarts(dataset, day));
  const keys = read.points.map(({ series, startsAtMs }) => `${startsAtMs} ${series}`);
  const unsound = read.points.filter(
    ({ startsAtMs, value, series }) =>
      !starts.has(startsAtMs) || !(value === null || Number.isFinite(value)) || !isStorable(series),
  );
  expect(unsound).toEqual([]);
  expect(new Set(keys).size).toBe(keys.length);
  const blocked = read.findings.filter(({ severity }) => severity === 'block');
  const written = new Set(keys);
  expect(blocked.filter(({ series, startsAtMs }) => written.has(`${startsAtMs} ${series}`))).toEqual([]);
  if (read.kind !== 'points') expect(read.points).toEqual([]);
  if (read.kind === 'refused') expect(blocked).toHaveLength(1);
  if (read.kind === 'empty') expect([...blocked, ...read.canonical]).toEqual([]);
  const rules = new Map(dataset.checks.map(({ rule, severity }) => [rule, severity]));
  for (const found of read.findings) {
    // A rule that stands in no table is in no document either.
    const declared = { ...PLATFORM_RULES, ...DECODER_RULES }[found.rule]?.severity;
    expect(found.severity).toBe(rules.get(found.rule) ?? declared);
    expect(found.reason).toMatch(/\S/);
    expect(Number.isInteger(found.points) && found.points >= 0).toBe(true);
    expect(found.series === null || isStorable(found.series)).toBe(true);
    expect(found.raw?.length ?? 0).toBeLessThanOrEqual(500);
  }
}

/** PostgreSQL keeps no U+0000, nothing that is not Unicode, and no key beyond a third of a page in an index. */
function isStorable(series: string): boolean {
  return !series.includes('\u0000') && Buffer.from(series).toString() === series && series.length <= 500;
}

const asked = datasets.map((dataset) => ({ id: dataset.id, dataset, example: examples.get(dataset.id) }));

describe.each(asked)('$id, whatever comes', ({ dataset }) => {
  const arbitraryJson = fc.json({ stringUnit: 'binary', maxDepth: 4 }).map(asBody);
  const nested = fc
    .tuple(fc.constantFrom(['[', ']'], ['{"data":', '}'], ['{"data":[{"x":', '}]}']), fc.nat(50_000))
    .map(([[open = '', close = ''], depth]) => asBody(`${open.repeat(depth)}1${close.repeat(depth)}`));

  test.each([
    ['arbitrary bytes', fc.uint8Array().map(asBody), 200],
    ['arbitrary text', fc.string({ unit: 'binary' }).map(asBody), 200],
    ['arbitrary JSON', arbitraryJson, 500],
    ['JSON nested beyond all reason', nested, 20],
  ])('%s', (_name, bodies, numRuns) => expectSurvival(dataset, bodies, numRuns));
});

describe.each(asked.filter(hasExample))('$id, by its example', ({ dataset, example }) => {
  const answerOf = (day: string) => Buffer.from(example.answer(deliveryInterval(dataset, day)));
  const good = answerOf(DAY);

  test.each([dataset.firstDay, '2026-03-29', '2026-10-25', DAY].filter((day) => day >= dataset.firstDay))(
    'a good answer for %s is a complete day with nothing to warn of',
    (day) => {
      const read = interpret(dataset, day, answerOf(day));
      expect(read).toMatchObject({ kind: 'points', findings: [] });
      expect(read.points).toHaveLength(expectedPoints(dataset, day, 0));
      expectSound(dataset, day, read);
    },
  );

  test('reading leaves the bytes alone and gives the same each time', () => {
    const before = Buffer.from(good);
    expect(interpret(dataset, DAY, good)).toEqual(interpret(dataset, DAY, good));
    expect(good.equals(before)).toBe(true);
  });

  test('the answer of another day gives no point of this one', () => {
    const read = interpret(dataset, DAY, answerOf('2026-11-10'));
    expect(read.points).toEqual([]);
    expectSound(dataset, DAY, read);
  });

  test('a check that looks at the day before says so', () => {
    const { points } = dataset.pull.decode(good);
    const names = new Set(points.map(({ series }) => series));
    const columnsBy = (name: string) =>
      columnsOf(
        points.filter((point) => point.series === name),
        3_600_000,
      );
    const series = new Map([...names].map((name) => [name, columnsBy(name)]));
    const starts = intervalStarts(dataset, DAY);
    const input: CheckInput = {
      day: DAY,
      starts,
      series,
      unusable: new Map(),
      expectedSeries: 1,
      repeatsYesterday: false,
    };
    for (const check of dataset.checks.filter(({ needs }) => !needs?.includes('yesterday')))
      expect([...check.run({ ...input, repeatsYesterday: true })]).toEqual([...check.run(input)]);
  });

  test.each([
    ['a good answer with bytes changed', changedBytes(good), 100],
    ['a good answer with fields changed', changedFields(good), 200],
  ])('%s', (_name, bodies, numRuns) => expectSurvival(dataset, bodies, numRuns));
});

describe.each(asked.filter(hasRetelling))('$id', ({ dataset, example }) => {
  const good = Buffer.from(example.answer(deliveryInterval(dataset, DAY)));

  test('the same content in other bytes means the same, also where it is broken', () => {
    const bodies = fc.oneof(fc.constant(good), changedFields(good));
    fc.assert(
      fc.property(bodies, fc.infiniteStream(fc.nat()), (body, numbers) => {
        const draw = (n: number) => (numbers.next().value as number) % n;
        const one = interpret(dataset, DAY, body);
        const other = interpret(dataset, DAY, example.retell(body, draw));
        expect(other.kind).toBe(one.kind);
        // Of an answer that is refused, the first thing wrong with it is all that is known.
        if (one.kind !== 'refused') expect(linesApart(one.canonical, other.canonical)).toEqual([]);
        expect(linesApart(pointsAsText(one), pointsAsText(other))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

type Asked = (typeof asked)[number];

function hasExample(each: Asked): each is Asked & { example: Example } {
  return each.example !== undefined;
}

function hasRetelling(each: Asked): each is Asked & { example: Example & Required<Pick<Example, 'retell'>> } {
  return each.example?.retell !== undefined;
}

function expectSurvival(dataset: PulledPoints, bodies: fc.Arbitrary<Buffer>, numRuns: number): void {
  fc.assert(
    fc.property(bodies, (body) => {
      decodeOrRefuse(dataset, body);
      expectSound(dataset, DAY, interpret(dataset, DAY, body));
    }),
    { numRuns },
  );
}

function pointsAsText({ points }: Interpretation): string {
  return points.map(({ series, startsAtMs, value }) => `${series} ${startsAtMs} ${value}`).join('\n');
}

/** Lines in which two texts differ, a few: the texts themselves are too long to read. */
function linesApart(one: string, other: string): string[] {
  const [a, b] = [one.split('\n'), other.split('\n')];
  const length = Math.max(a.length, b.length);
  return Array.from({ length }, (_, i) => (a[i] === b[i] ? '' : `${a[i]} | ${b[i]}`))
    .filter((line) => line !== '')
    .slice(0, 5);
}
