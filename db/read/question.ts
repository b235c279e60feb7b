/** A query to a dataset of any shape: which rows, in which state of knowledge. */

import { type Dataset, hasRollups, isOfPoints } from '../../domain/dataset/dataset.ts';
import { effectiveOn } from '../../domain/dataset/facts.ts';
import { intervalSeconds, isGridded, type PointDataset } from '../../domain/dataset/points.ts';
import { ROWS_OF_A_CHUNK } from '../../domain/time/chunks.ts';
import {
  addDays,
  type CivilDay,
  dayAt,
  dayInterval,
  instantAt,
  isCivilDay,
} from '../../domain/time/civil-day.ts';
import type { Days } from '../queries/answers/answer-state.ts';
import type { Knowledge } from '../queries/answers/knowledge.ts';
import type { RowSelection } from '../queries/answers/relation.ts';
import type { PointSelection } from '../queries/answers/rows.ts';

export interface Question extends RowSelection {
  /** Delivery days that the range touches; null: all, because records may be kept with any day. */
  readonly days: Days | null;
  /** The requested as-of; with a gate an upper bound of it. Null: none. */
  readonly asOf: Date | null;
  readonly gate: string | undefined;
}

/** A query for points, whose range has both ends. */
export interface PointQuestion extends Question {
  readonly dataset: PointDataset;
  readonly from: Date;
  readonly to: Date;
  readonly days: Days;
}

export function isPointQuestion(question: Question): question is PointQuestion {
  return isOfPoints(question.dataset);
}

/** The query for the database layer: points are read in chunks of time. @param chunkMs the length stored with a pin */
export function selectionOf(question: PointQuestion, chunkMs?: number): PointSelection;
export function selectionOf(question: Question, chunkMs?: number): RowSelection | PointSelection;
export function selectionOf(question: Question, chunkMs?: number): RowSelection | PointSelection {
  if (!isPointQuestion(question)) return question;
  const selection = { ...question, chunkMs: chunkMs ?? chunkMsOf(question) };
  return hasRollups(question.dataset) ? { ...selection, hasRollups: true } : selection;
}

/** The expected number of rows by the definition; Infinity where it is not known. */
export function expectedRows(question: Question): number {
  if (!isPointQuestion(question)) return question.key === null ? Number.POSITIVE_INFINITY : ROWS_OF_A_KEY;
  const { dataset, from, to, days } = question;
  const seconds = intervalSeconds(dataset, days.last);
  return (expectedSeries(question) * (to.getTime() - from.getTime())) / (seconds * 1_000);
}

/** The rows of one record: it belongs to few days. */
const ROWS_OF_A_KEY = 1_000;

/** The expected number of series; Infinity where the definition does not state it. */
export function expectedSeries({ dataset, days, series }: PointQuestion): number {
  const all = isGridded(dataset)
    ? effectiveOn(dataset.expectedSeries, days.last).count
    : Number.POSITIVE_INFINITY;
  return Math.min(series?.length ?? all, all);
}

const DAY_MS = 86_400_000;

/** Whole days with some ten thousand expected rows; files are chunked by their own rollups. */
function chunkMsOf(question: PointQuestion): number {
  const { dataset, days } = question;
  if (!isGridded(dataset)) return DAY_MS;
  const rowsOfDay = (expectedSeries(question) * DAY_MS) / (intervalSeconds(dataset, days.last) * 1_000);
  return Math.max(1, Math.round(ROWS_OF_A_CHUNK / rowsOfDay)) * DAY_MS;
}

/** The delivery days that a range of points touches. */
export function daysTouched({ source }: Dataset, from: Date, to: Date): Days {
  return { first: dayAt(from.getTime(), source.timeZone), last: dayAt(to.getTime() - 1, source.timeZone) };
}

/** The instant of a bound. A delivery day as `to` includes the whole day. @param text an instant or a delivery day */
export function boundOf(end: 'from' | 'to', text: string, timeZone: string): Date {
  if (!isCivilDay(text)) return new Date(text);
  const { startMs, endMs } = dayInterval(text, timeZone);
  return new Date(end === 'from' ? startMs : endMs);
}

const GATE = /^D(?<days>[+-]\d{1,2})?T(?<time>([01]\d|2[0-3]):[0-5]\d)$/;

/** Whether a text is a gate, such as `D-1T12:00`. */
export function isGate(text: string): boolean {
  return GATE.test(text);
}

/** The requested state of knowledge. @param asOf null: the latest; with a gate: no upper bound */
export function knowledgeOf(gate: string | undefined, asOf: Date | null, timeZone: string): Knowledge {
  if (gate === undefined) return asOf === null ? { kind: 'latest' } : { kind: 'as-of', at: asOf };
  // A function, because it is evaluated only for days with data: a century has 36,500.
  return { kind: 'gates', gateOf: (day: CivilDay) => gateOf(gate, day, timeZone), until: asOf };
}

export function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}

/** The instant of a gate of a delivery day: `D-1T12:00` is noon of the day before, on the source's wall clock. */
function gateOf(gate: string, day: CivilDay, timeZone: string): Date {
  const { days = '0', time = '00:00' } = GATE.exec(gate)?.groups ?? {};
  return new Date(instantAt(addDays(day, Number(days)), time, timeZone));
}
