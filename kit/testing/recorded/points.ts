/**
 * A recording of points, held against itself: it is whole and of its day, and what is changed in its bytes (a null, a row twice, a row
 * gone, another order, another clock) changes what is read by just that.
 */
import assert from 'node:assert/strict';
import { effectiveOn } from '../../../domain/dataset/facts.ts';
import type { PulledPoints } from '../../../domain/dataset/points.ts';
import { answerToDay, interpret, type TextInterpretation } from '../../../domain/interpret/interpret.ts';
import { addDays, type CivilDay } from '../../../domain/time/civil-day.ts';
import { deliveryInterval, expectedPoints } from '../../../domain/time/delivery-day.ts';
import type { ContractCase, Recorded } from '../case.ts';
import { assertSound } from '../sound.ts';
import { withClock } from './clock.ts';
import { none } from './none.ts';
import { type RawBody, rawBody, withCell, withoutRow, withRowAgain, withRowsReversed } from './raw-body.ts';
import { assertReading } from './reading.ts';
import { furtherPages, otherSeries, otherTimes, otherUnits, type ReadCell } from './second-reading.ts';
import { spread, valueCells } from './value-cells.ts';

/** A recording, its cells, and how its dataset reads it. */
interface Material {
  readonly dataset: PulledPoints;
  readonly recorded: Recorded;
  readonly raw: RawBody | undefined;
  read(body: Uint8Array, unit?: CivilDay): TextInterpretation;
}

const CHECKS: readonly (readonly [name: string, run: (material: Material) => void])[] = [
  ['is whole, and of its day', assertWhole],
  ['is all that there was: no further pages', assertNoPages],
  ['is not taken for another day', assertOwnDay],
  ['means what it meant for this version of the decoder', assertSameVersion],
  ['means the same at any time', assertNoClock],
  ['means the same with its rows the other way round', assertAnyOrder],
  ['has series, times and units as its own names say', assertNames],
  ['keeps a null as a null', assertNulls],
  ['with a row that comes again with another value: the point is not written', assertRepeated],
  ['with a row less: no other point changes', assertMissingRow],
];

export function recordedPointCases(dataset: PulledPoints, recordings: readonly Recorded[]): ContractCase[] {
  return recordings.flatMap((recorded) => {
    const { unit, part = '', content, about } = recorded;
    const read = (body: Uint8Array, day = unit) =>
      interpret(dataset, day, body, undefined, answerToDay(dataset, day, about));
    const name = `the recording of ${unit}${part === '' ? '' : ` (${part})`}`;
    const material = { dataset, recorded, raw: rawBody(content), read };
    return CHECKS.map(([what, check]) => ({ name: `${name} ${what}`, run: () => check(material) }));
  });
}

function assertWhole({ dataset, recorded, read }: Material): void {
  const { unit, content, about, incomplete, isWider } = recorded;
  const { status = 200 } = about;
  const isDeclared = dataset.pull.notPublished?.statuses.includes(status) ?? false;
  assert.ok(status < 300 || isDeclared, `its status is ${status}, which pull.notPublished does not have`);
  const found = read(content);
  assert.notEqual(found.kind, 'refused', `it is refused: ${found.findings[0]?.reason}`);
  assertSound(dataset, unit, found);
  if (incomplete !== undefined || isDeclared) return;
  const wrong = found.findings.filter(({ severity }) => severity === 'block');
  none([
    ...wrong.map(({ rule, reason }) => `${rule}: ${reason}`),
    ...(isWider ? [] : ofOtherDays(dataset, unit, content, about)),
  ]);
  const valued = found.points.filter(({ value }) => value !== null).length;
  const series = new Set(found.points.map((point) => point.series)).size;
  const expected = found.expectedPoints ?? expectedPoints(dataset, unit, series);
  assert.ok(
    valued >= expected,
    `${valued} of ${expected} expected values are in it; if the source sent no more, say why in its provenance: "incomplete"`,
  );
}

/** Some sources send the row at which the day ends; it counts for the next day. */
function ofOtherDays(
  dataset: PulledPoints,
  unit: CivilDay,
  content: Uint8Array,
  about: Recorded['about'],
): string[] {
  const { startMs, endMs } = deliveryInterval(dataset, unit);
  const { points } = dataset.pull.decode(content, answerToDay(dataset, unit, about));
  const other = points.filter(({ startsAtMs }) => startsAtMs < startMs || startsAtMs > endMs);
  const [first] = other;
  return first
    ? [
        `${other.length} points are of other days, the first at ${new Date(first.startsAtMs).toISOString()}: the request has too wide a window, or the times are read in another zone`,
      ]
    : [];
}

function assertNoPages({ raw }: Material): void {
  none(raw ? furtherPages(raw) : []);
}

/** A body that names its day says nothing about one that it does not name. */
function assertOwnDay({ dataset, recorded: { unit, content }, raw, read }: Material): void {
  if (!raw || !isNamed(raw.text, unit, dataset)) return;
  for (const other of [addDays(unit, -2), addDays(unit, 2)]) {
    if (isNamed(raw.text, other, dataset)) continue;
    none(
      read(content, other).points,
      `it names ${unit}, and was read as the day ${other}: read the date, so that another day's body is noticed`,
    );
  }
}

function isNamed(text: string, day: CivilDay, dataset: PulledPoints): boolean {
  const [year, month, date] = day.split('-') as [string, string, string];
  const { startMs } = deliveryInterval(dataset, day);
  const forms = [day, `${year}${month}${date}`, `${date}.${month}.${year}`, `${date}/${month}/${year}`];
  return [...forms, `${month}/${date}/${year}`, String(startMs), `${startMs / 1000}`].some((form) =>
    text.includes(form),
  );
}

function assertSameVersion({ dataset, recorded }: Material): void {
  assertReading(dataset, recorded);
}

function assertNoClock({ recorded: { content }, read }: Material): void {
  const [then, later] = ['2019-02-03T04:05:06Z', '2031-07-08T09:10:11Z'].map((at) =>
    withClock(Date.parse(at), () => read(content)),
  );
  assert.deepEqual(
    then?.points,
    later?.points,
    'it was read otherwise at another time: decode asks for the time',
  );
}

function assertAnyOrder({ recorded: { content }, raw, read }: Material): void {
  if (!raw || raw.rows.length < 2 || !raw.rows.every(hasTime)) return;
  const [one, other] = [read(content), read(withRowsReversed(raw))];
  // Rows of an hour that occurs twice are told apart by their order.
  const isTwice =
    one.points.length > 0 && other.findings.some(({ rule }) => rule === 'conflicting_duplicate');
  if (!isTwice && other.kind !== 'refused')
    assert.deepEqual(valuesOf(other), valuesOf(one), 'another order of its rows gave other points');
}

function hasTime({ cells }: RawBody['rows'][number]): boolean {
  return cells.some(({ text }) =>
    /\d{4}-\d\d-\d\d[T ]\d\d|^\d{10}(\d{3})?$|\d\d[./]\d\d[./]\d{2,4}/.test(text),
  );
}

function assertNames(material: Material): void {
  const { dataset, recorded, raw, read } = material;
  if (!raw) return;
  const cells = cellsOf(material);
  const all = [...new Set(read(recorded.content).points.map(({ series }) => series))];
  const stepMs = effectiveOn(dataset.resolution, recorded.unit).minutes * 60_000;
  const unit = dataset.unit ?? '';
  none([...otherSeries(cells, all), ...otherTimes(cells, stepMs), ...otherUnits(raw, cells, unit)]);
}

function assertNulls(material: Material): void {
  const { raw, dataset, recorded } = material;
  if (!raw) return;
  for (const { cell, series, startsAtMs } of spread(cellsOf(material), 12)) {
    const body = withCell(raw, cell, raw.nothing);
    const decoded = tryDecode(dataset, body, recorded);
    if (decoded === undefined || decoded.findings.length > 0) continue;
    const points = decoded.points.filter(
      (point) => point.series === series && point.startsAtMs === startsAtMs,
    );
    const where = `${series} at ${new Date(startsAtMs).toISOString()}`;
    assert.ok(points.length > 0, `a null of ${where} was dropped without a finding`);
    assert.deepEqual(
      points.map(({ value }) => value),
      [null],
      `a null of ${where} became a number`,
    );
  }
}

function assertRepeated(material: Material): void {
  const { raw, read } = material;
  if (!raw) return;
  for (const { row, cell, series, startsAtMs } of spread(cellsOf(material), 6)) {
    if (!hasTime(row)) continue;
    const number = /^-?0*[1-9]/.test(cell.text) ? `${cell.text.startsWith('-') ? '-' : ''}1` : '2';
    const found = read(withRowAgain(raw, row, cell, number));
    const isWritten = found.points.some(
      (point) => point.series === series && point.startsAtMs === startsAtMs,
    );
    assert.ok(
      !isWritten || found.findings.some(({ severity }) => severity === 'block'),
      `${series} came as ${cell.text} and as ${number}, and one of them was taken without a finding`,
    );
  }
}

/** The values of the row may be gone, or filled from the one before; all others stay. */
function assertMissingRow(material: Material): void {
  const { raw, read } = material;
  if (!raw) return;
  const before = valuesIn(material);
  for (const row of spread(raw.rows.filter(hasTime).slice(0, -1), 4)) {
    const after = valuesOf(read(withoutRow(raw, row)));
    const changed = [...after].filter(([name, value]) => before.get(name) !== value);
    none(
      changed.length > row.cells.length ? changed : [],
      'without a row of the body, other points changed: a position is read as a time',
    );
  }
}

function tryDecode(dataset: PulledPoints, body: Uint8Array, { unit, about }: Recorded) {
  try {
    return dataset.pull.decode(body, answerToDay(dataset, unit, about));
  } catch {
    return undefined;
  }
}

const VALUES = new WeakMap<Material, Map<string, string>>();

/** What the recording says, read once. */
function valuesIn(material: Material): Map<string, string> {
  const known = VALUES.get(material) ?? valuesOf(material.read(material.recorded.content));
  VALUES.set(material, known);
  return known;
}

const CELLS = new WeakMap<Material, readonly ReadCell[]>();

/** The value cells of a recording, found once. */
function cellsOf(material: Material): readonly ReadCell[] {
  const known = CELLS.get(material);
  if (known) return known;
  const { raw, read } = material;
  const values = (body: Uint8Array) => {
    const found = read(body);
    return found.kind === 'refused' ? undefined : valuesOf(found);
  };
  const cells = raw ? valueCells(raw, values, valuesIn(material)) : [];
  const placed = cells.map((cell) => {
    const [startsAtMs, series] = JSON.parse(cell.of) as [number, string];
    return { ...cell, startsAtMs, series };
  });
  CELLS.set(material, placed);
  return placed;
}

/** With those that a check quarantines: another number may be out of range. */
function valuesOf({ points, quarantined }: TextInterpretation): Map<string, string> {
  return new Map(
    [...points, ...quarantined].map(({ series, startsAtMs, value }) => [
      JSON.stringify([startsAtMs, series]),
      String(value),
    ]),
  );
}
