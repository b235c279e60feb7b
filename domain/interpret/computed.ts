/**
 * The payload of a computed unit: its points, and the inputs they came from. The bytes are a function of what the inputs held, so that a
 * repeated computation gives the same. Pure.
 *
 * `{"inputs": [{"name", "dataset", "day", "changes": [], "payloads": []}], "waits_for": [], "series": [], "points": [[series, starts_at, value]]}`
 */
import type { ComputedPoint, DerivedPoints } from '../dataset/derive.ts';
import type { Decoded } from '../dataset/points.ts';
import type { CivilDay } from '../time/civil-day.ts';
import { intervalStarts } from '../time/delivery-day.ts';
import { type Finding, finding } from './finding.ts';
import type { TextInterpretation } from './interpret.ts';
import { interpretPoints } from './interpret-sent.ts';

/** A day of an input as it was when a unit was computed. */
export interface InputDay {
  /** The function's name for the input. */
  readonly name: string;
  readonly dataset: string;
  readonly day: CivilDay;
  /** Ids of the changes behind its current values, ascending. */
  readonly changes: readonly number[];
  /** Ids of the payloads of these changes, ascending. */
  readonly payloads: readonly number[];
}

export interface Computed {
  readonly inputs: readonly InputDay[];
  /** A sentence for each input without data for the unit yet; then nothing was computed. */
  readonly waitsFor: readonly string[];
  /** Series of the complete unit, where the dataset names them. */
  readonly series?: readonly string[] | undefined;
  readonly points: readonly ComputedPoint[];
}

/** The instant at which the inputs were read: a header of the payload, so that the bytes do not depend on it. */
export const READ_AT_HEADER = 'tidemark-read-at';

export function computedBody({ inputs, waitsFor, series, points }: Computed): Buffer {
  const rows = points
    .toSorted((a, b) => compareText(a.series, b.series) || a.startsAtMs - b.startsAtMs)
    .map(({ series, startsAtMs, value }) =>
      JSON.stringify([series, new Date(startsAtMs).toISOString(), value]),
    );
  const named = series === undefined ? '' : `, "series": ${JSON.stringify(series.toSorted(compareText))}`;
  const head = `"inputs": ${JSON.stringify(inputs)}, "waits_for": ${JSON.stringify(waitsFor)}${named}`;
  return Buffer.from(`{${head}, "points": [\n${rows.join(',\n')}\n]}\n`);
}

/** The inputs of a computed payload. */
export function inputsOfBody(body: Uint8Array): readonly InputDay[] {
  return readBody(body).inputs;
}

export function decodeComputed(body: Uint8Array): Decoded {
  const { waits_for, points } = readBody(body);
  return {
    points: points.map(([series, startsAt, value], i) => ({
      ...{ series, value, startsAtMs: Date.parse(startsAt), place: `points[${i}]` },
    })),
    findings: waits_for.map((reason) => finding('waits_for_input', 'info', reason, { points: 0 })),
  };
}

export function interpretComputed(
  dataset: DerivedPoints,
  day: CivilDay,
  body: Uint8Array,
): TextInterpretation {
  const decoded = decodeComputed(body);
  const read = { ...interpretPoints(dataset, day, decoded), ...wholeBy(dataset, day, body, decoded) };
  // Nothing was computed: check results for an empty day are no news.
  if (decoded.points.length === 0)
    return { ...read, kind: 'empty', findings: decoded.findings, canonical: '' };
  return { ...read, findings: [...read.findings, ...missingOf(dataset, day, body, decoded)] };
}

/** How many points the unit has, where it names its series; additional computed ones count too. */
function wholeBy(dataset: DerivedPoints, day: CivilDay, body: Uint8Array, { points }: Decoded) {
  const { series } = readBody(body);
  if (!series) return {};
  const names = new Set([...series, ...points.map((point) => point.series)]);
  return { expectedPoints: names.size * intervalStarts(dataset, day).length };
}

function missingOf(dataset: DerivedPoints, day: CivilDay, body: Uint8Array, { points }: Decoded): Finding[] {
  const there = new Set(points.map(({ series }) => series));
  const missing = (readBody(body).series ?? []).filter((name) => !there.has(name));
  if (missing.length === 0) return [];
  const reason = `nothing could be computed of ${missing.join(', ')}`;
  return [
    finding('not_computed', 'warn', reason, {
      points: missing.length * intervalStarts(dataset, day).length,
    }),
  ];
}

interface Body {
  readonly inputs: readonly InputDay[];
  readonly waits_for: readonly string[];
  readonly series?: readonly string[];
  readonly points: readonly (readonly [series: string, startsAt: string, value: number | null])[];
}

function readBody(body: Uint8Array): Body {
  return JSON.parse(new TextDecoder().decode(body)) as Body;
}

/** By code units: the same everywhere, unlike a locale's order. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
