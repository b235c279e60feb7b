/**
 * From the bytes of one payload to the points that may be written and the findings about the rest. Pure: the same bytes, day and dataset
 * always give the same result, so that validating, writing and rebuilding agree.
 */

import { effectiveOn } from '../dataset/facts.ts';
import { type Decoded, type DecodedPoint, isCountedByPayload, type PulledPoints } from '../dataset/points.ts';
import type { Answer } from '../dataset/pull.ts';
import type { CivilDay, Interval } from '../time/civil-day.ts';
import { deliveryInterval, expectedSeriesOf, intervalStarts } from '../time/delivery-day.ts';
import { type Hit, listInstants, type SeriesPoints } from './checks.ts';
import { AnswerRefused, type Finding, finding } from './finding.ts';
import { expectedBySteps, judge } from './judge.ts';

/** A point that passed every blocking rule. */
export interface Point {
  readonly series: string;
  readonly startsAtMs: number;
  readonly value: number | null;
  /** Length of its interval, milliseconds, if it differs from the dataset's. */
  readonly stepMs?: number;
}

export interface Interpretation {
  /** `empty`: the source has nothing for the day · `refused`: the response was rejected · `points`: it is usable. */
  readonly kind: 'empty' | 'refused' | 'points';
  /** Points to write, by series and time. */
  readonly points: readonly Point[];
  /** Points that could be read and that a check quarantines; a person may release them. */
  readonly quarantined: readonly Point[];
  readonly findings: readonly Finding[];
  /**
   * The content, as text or, for files, as columns: two payloads with equal content say the same, whatever their bytes, row order or
   * volatile fields, and whatever the checks find. Times count from the start of the day, so that a day that repeats another has the same
   * text.
   */
  readonly canonical: string | Uint8Array;
  /** How many points the day has according to this payload, where payloads determine it (`isCountedByPayload`). */
  readonly expectedPoints?: number;
}

/** An interpretation of a response, with its content as text. */
export type TextInterpretation = Interpretation & { readonly canonical: string };

/** Whether a canonical text is that of the day before, as known when the payload was fetched. */
export type IsYesterdays = (canonical: string) => boolean;

/** The points on the day's grid by series, each in order of time, and the findings so far. */
export interface Arranged {
  readonly series: ReadonlyMap<string, readonly DecodedPoint[]>;
  readonly findings: readonly Finding[];
}

/** The response to a request for a single day, of its first part where it has several, as seen by a decoder. */
export function answerToDay(dataset: PulledPoints, day: CivilDay, about: Partial<Answer> = {}): Answer {
  const window = deliveryInterval(dataset, day);
  const [part = ''] = dataset.pull.parts?.of(day, {}) ?? [];
  return { unit: day, part, window, url: '', status: 200, contentType: null, ...about };
}

/**
 * Decodes, arranges and checks one payload of a delivery day. Never throws because of the source's data.
 * @param answer what is known of the response. If its window is larger than the day, rows of other days are expected.
 */
export function interpret(
  dataset: PulledPoints,
  day: CivilDay,
  body: Uint8Array,
  isYesterdays: IsYesterdays = () => false,
  answer: Answer = answerToDay(dataset, day),
): TextInterpretation {
  return interpretDecoded(dataset, day, () => dataset.pull.decode(body, answer), isYesterdays, answer);
}

/** The same for the result of a decoder. @param decode may throw AnswerRefused; not called where the response says that nothing is there */
export function interpretDecoded(
  dataset: PulledPoints,
  day: CivilDay,
  decode: () => Decoded,
  isYesterdays: IsYesterdays,
  answer: Answer,
): TextInterpretation {
  try {
    const decoded = isNotPublished(dataset, answer) ? NOTHING : decode();
    const arranged = arrange(dataset, day, decoded, answer.window);
    return interpretationOf(dataset, answer, arranged, isYesterdays);
  } catch (error) {
    if (!(error instanceof AnswerRefused)) throw error;
    const found = finding(error.rule, 'block', error.message, { raw: error.raw, points: 0 });
    return {
      kind: 'refused',
      points: [],
      quarantined: [],
      findings: [found],
      canonical: `refused\t${error.rule}\t${error.raw}`,
    };
  }
}

const NOTHING: Decoded = { points: [], findings: [] };

/** Such responses are stored, but contain no data: their bodies are free text. */
function isNotPublished({ pull }: PulledPoints, { status }: Answer): boolean {
  return pull.notPublished?.statuses.includes(status) ?? false;
}

/**
 * Keeps one point per series and grid start. Rows outside the day are ignored and, unless requested, reported, as are equal repetitions;
 * differing repetitions block the point, because it is unclear which one is right.
 * @throws AnswerRefused when rows lie between the grid's starts: then the resolution is not what we believe it is, and even the rows on the
 * grid may mean something else.
 */
function arrange(dataset: PulledPoints, day: CivilDay, decoded: Decoded, requested: Interval): Arranged {
  const { minutes } = effectiveOn(dataset.resolution, day);
  const own = deliveryInterval(dataset, day);
  const { inside, outside, strays } = placeOnGrid(decoded.points, own, minutes * 60_000);
  if (strays.length > 0) {
    const instants = distinctStarts(strays);
    const reason = `${instants.length} rows start between the ${minutes}-minute intervals of ${day}: ${listInstants(instants)}`;
    throw new AnswerRefused('off_grid', reason, strays[0]?.place ?? null);
  }
  const { series, findings } = withoutRepetitions(bySeries(inside));
  const unrequested = outside.filter(({ startsAtMs }) => !isWithin(requested, startsAtMs));
  const isOthers = (startsAtMs: number) => isWithin(requested, startsAtMs) && !isWithin(own, startsAtMs);
  const ours = decoded.findings.filter(({ startsAtMs }) => startsAtMs === null || !isOthers(startsAtMs));
  return { series, findings: [...ours, ...outsideFindings(unrequested, day), ...findings] };
}

/** @param stepMs of points that do not state theirs. Grids begin with the day. */
function placeOnGrid(points: readonly DecodedPoint[], own: Interval, stepMs: number) {
  const placed = {
    inside: [] as DecodedPoint[],
    outside: [] as DecodedPoint[],
    strays: [] as DecodedPoint[],
  };
  for (const point of points) {
    const isOnGrid = (point.startsAtMs - own.startMs) % (point.stepMs ?? stepMs) === 0;
    if (!isWithin(own, point.startsAtMs)) placed.outside.push(point);
    else if (isOnGrid) placed.inside.push(point);
    else placed.strays.push(point);
  }
  return placed;
}

function isWithin({ startMs, endMs }: Interval, startsAtMs: number): boolean {
  return startsAtMs >= startMs && startsAtMs < endMs;
}

function distinctStarts(points: readonly DecodedPoint[]): number[] {
  return [...new Set(points.map(({ startsAtMs }) => startsAtMs))];
}

function outsideFindings(outside: readonly DecodedPoint[], day: CivilDay): Finding[] {
  if (outside.length === 0) return [];
  const instants = distinctStarts(outside);
  const reason = `${instants.length} rows lie outside ${day} and were ignored: ${listInstants(instants)}`;
  return [
    finding('outside_day', 'info', reason, { points: outside.length, place: outside[0]?.place ?? null }),
  ];
}

/** By name, each in order of time. Publishers mostly send them in order: then nothing is moved. */
export function bySeries(points: readonly DecodedPoint[]): Map<string, DecodedPoint[]> {
  const series = new Map<string, DecodedPoint[]>();
  for (const point of points) {
    const list = series.get(point.series);
    if (list) list.push(point);
    else series.set(point.series, [point]);
  }
  for (const list of series.values()) list.sort((a, b) => a.startsAtMs - b.startsAtMs);
  return new Map([...series].sort(([a], [b]) => compareText(a, b)));
}

function withoutRepetitions(series: Map<string, DecodedPoint[]>): Arranged {
  const findings: Finding[] = [];
  let agreeing = 0;
  for (const [name, points] of series) {
    if (!points.some(({ startsAtMs }, i) => startsAtMs === points[i - 1]?.startsAtMs)) continue;
    const groups = distinctStarts(points).map((start) =>
      points.filter(({ startsAtMs }) => startsAtMs === start),
    );
    const [clear, conflicting] = partition(groups, (group) =>
      group.every(({ value }) => value === group[0]?.value),
    );
    agreeing += clear.filter((group) => group.length > 1).length;
    findings.push(...conflicting.map(conflictFinding));
    series.set(
      name,
      clear.flatMap((group) => group.slice(0, 1)),
    );
  }
  if (agreeing > 0) {
    findings.unshift(
      finding('duplicate', 'info', `${agreeing} points came twice with equal values`, { points: agreeing }),
    );
  }
  return { series, findings };
}

function conflictFinding(group: readonly DecodedPoint[]): Finding {
  const [first] = group as readonly [DecodedPoint];
  const { series, startsAtMs, place } = first;
  // Sorted: the order of rows has no meaning.
  const raw = group
    .map(({ value }) => JSON.stringify(value))
    .sort()
    .join(' and ');
  const reason = `${series} came ${group.length} times with different values: ${raw}`;
  return finding('conflicting_duplicate', 'block', reason, { series, startsAtMs, place, raw });
}

function interpretationOf(
  dataset: PulledPoints,
  { unit: day, part }: Answer,
  { series, findings: arranging }: Arranged,
  isYesterdays: IsYesterdays,
): TextInterpretation {
  const stepMs = effectiveOn(dataset.resolution, day).minutes * 60_000;
  const expectedSeries = expectedSeriesOf(dataset, part, day);
  const counted = isCountedByPayload(dataset)
    ? { expectedPoints: expectedBySteps(series, deliveryInterval(dataset, day), stepMs, expectedSeries) }
    : {};
  if (series.size === 0 && !arranging.some(({ severity }) => severity === 'block')) {
    return { kind: 'empty', points: [], quarantined: [], findings: arranging, canonical: '', ...counted };
  }
  const starts = intervalStarts(dataset, day);
  const canonical = canonicalText(series, arranging, starts[0] ?? 0);
  const unusable = pointsBlocked(arranging);
  const columns = new Map([...series].map(([name, points]) => [name, columnsOf(points, stepMs)]));
  const findings = [...arranging];
  const repeatsYesterday = isYesterdays(canonical);
  const input = { day, starts, series: columns, unusable, expectedSeries, repeatsYesterday };
  judge(dataset.checks, input, ({ rule, severity }, hit) =>
    findings.push(finding(rule, severity, hit.reason, aboutHit(hit, series))),
  );
  const [quarantined, points] = splitBlocked([...series.values()].flat(), findings);
  return { kind: 'points', points, quarantined, findings, canonical, ...counted };
}

function pointsBlocked(findings: readonly Finding[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { series, severity } of findings) {
    if (series !== null && severity === 'block') counts.set(series, (counts.get(series) ?? 0) + 1);
  }
  return counts;
}

/**
 * Points of a series as checks see them.
 * @param stepMs of a series whose points do not state theirs
 */
export function columnsOf(points: readonly DecodedPoint[], stepMs: number): SeriesPoints {
  const steps = points.map((point) => point.stepMs ?? stepMs);
  const least = Math.min(...steps);
  return {
    startsAtMs: Float64Array.from(points, ({ startsAtMs }) => startsAtMs),
    values: Float64Array.from(points, ({ value }) => value ?? Number.NaN),
    stepMs: points.length > 0 ? least : stepMs,
    ...(steps.some((step) => step !== least) ? { stepsMs: Float64Array.from(steps) } : {}),
  };
}

/** Completes a hit for a finding: for a point with its position and raw value. */
export function aboutHit({ reason: _, ...about }: Hit, series: Arranged['series']): Partial<Finding> {
  const point = series.get(about.series ?? '')?.find(({ startsAtMs }) => startsAtMs === about.startsAtMs);
  return point ? { ...about, place: point.place, raw: JSON.stringify(point.value) } : about;
}

function splitBlocked(
  points: readonly DecodedPoint[],
  findings: readonly Finding[],
): readonly [blocked: readonly DecodedPoint[], good: readonly DecodedPoint[]] {
  const blocked = new Set(
    findings.filter(isBlockedPoint).map(({ series, startsAtMs }) => `${startsAtMs}\t${series}`),
  );
  if (blocked.size === 0) return [[], points];
  return partition(points, ({ series, startsAtMs }) => blocked.has(`${startsAtMs}\t${series}`));
}

function isBlockedPoint({ severity, series, startsAtMs }: Finding): boolean {
  return severity === 'block' && series !== null && startsAtMs !== null;
}

export function canonicalText(
  series: Arranged['series'],
  findings: readonly Finding[],
  startMs: number,
): string {
  let text = '';
  for (const [name, points] of series) {
    text += `\n${name}`;
    for (const { startsAtMs, value, stepMs } of points) {
      text += `\t${startsAtMs - startMs}=${value}`;
      if (stepMs !== undefined) text += `/${stepMs}`;
    }
  }
  const unusable = findings
    .filter(({ severity }) => severity === 'block')
    .map((f) => `${f.series}\t${f.startsAtMs}\t!\t${f.raw}`);
  return [text, ...unusable.sort(compareText)].join('\n');
}

function partition<T>(items: readonly T[], holds: (item: T) => boolean): [T[], T[]] {
  return [items.filter(holds), items.filter((item) => !holds(item))];
}

/** By code units: the same everywhere, unlike a locale's order. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
