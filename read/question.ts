/** What can be asked of a dataset, whatever its shape: which rows, in which state of knowledge. */
import type { Days } from '../db/queries/answers/answer-state.ts';
import type { Knowledge } from '../db/queries/answers/knowledge.ts';
import type { RowSelection } from '../db/queries/answers/relation.ts';
import type { PointSelection } from '../db/queries/points/rows.ts';
import { type Dataset, hasRollups, isOfPoints } from '../domain/dataset/dataset.ts';
import { effectiveOn } from '../domain/dataset/facts.ts';
import { intervalSeconds, isGridded, type PointDataset } from '../domain/dataset/points.ts';
import { ROWS_OF_A_CHUNK } from '../domain/time/chunks.ts';
import {
  addDays,
  type CivilDay,
  dayAt,
  dayInterval,
  instantAt,
  isCivilDay,
} from '../domain/time/civil-day.ts';

export interface Question extends RowSelection {
  /** Delivery days that the range touches; null: all, because records may be kept with any day. */
  readonly days: Days | null;
  /** The instant that was asked for; with a gate: nothing that became known later counts. Null: none was. */
  readonly asOf: Date | null;
  readonly gate: string | undefined;
}

/** A question about points, whose range has both ends. */
export interface PointQuestion extends Question {
  readonly dataset: PointDataset;
  readonly from: Date;
  readonly to: Date;
  readonly days: Days;
}

export function isPointQuestion(question: Question): question is PointQuestion {
  return isOfPoints(question.dataset);
}

/** A question as the database takes it: points are read a chunk of time at a time. @param chunkMs as it was for a pin. */
export function selectionOf(question: PointQuestion, chunkMs?: number): PointSelection;
export function selectionOf(question: Question, chunkMs?: number): RowSelection | PointSelection;
export function selectionOf(question: Question, chunkMs?: number): RowSelection | PointSelection {
  if (!isPointQuestion(question)) return question;
  const selection = { ...question, chunkMs: chunkMs ?? chunkMsOf(question) };
  return hasRollups(question.dataset) ? { ...selection, hasRollups: true } : selection;
}

/** How many rows there should be, by the definition; Infinity where it does not say it. */
export function expectedRows(question: Question): number {
  if (!isPointQuestion(question)) return question.key === null ? Number.POSITIVE_INFINITY : ROWS_OF_A_KEY;
  const { dataset, from, to, days } = question;
  const seconds = intervalSeconds(dataset, days.last);
  return (expectedSeries(question) * (to.getTime() - from.getTime())) / (seconds * 1_000);
}

/** A record is kept with few days. */
const ROWS_OF_A_KEY = 1_000;

/** How many series there should be; Infinity where the definition does not say it. */
export function expectedSeries({ dataset, days, series }: PointQuestion): number {
  const all = isGridded(dataset)
    ? effectiveOn(dataset.expectedSeries, days.last).count
    : Number.POSITIVE_INFINITY;
  return Math.min(series?.length ?? all, all);
}

const DAY_MS = 86_400_000;

/** Whole days that hold some ten thousand rows, by what the definition expects; files say it themselves, by their rollups. */
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

/** An end of a range: an instant, or a delivery day, from its first to behind its last instant. @param text is one of both. */
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

/** Which state of knowledge is asked for. @param asOf null: the latest, and under a gate: each counts. */
export function knowledgeOf(gate: string | undefined, asOf: Date | null, timeZone: string): Knowledge {
  if (gate === undefined) return asOf === null ? { kind: 'latest' } : { kind: 'as-of', at: asOf };
  const at = (day: CivilDay) => gateOf(gate, day, timeZone);
  // Asked for the days that have data alone: a century has 36,500.
  return { kind: 'gates', gateOf: asOf ? (day: CivilDay) => earlier(at(day), asOf) : at };
}

export function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}

/** The instant of a gate of a delivery day: `D-1T12:00` is noon of the day before, on the source's wall clock. */
function gateOf(gate: string, day: CivilDay, timeZone: string): Date {
  const { days = '0', time = '00:00' } = GATE.exec(gate)?.groups ?? {};
  return new Date(instantAt(addDays(day, Number(days)), time, timeZone));
}
