/** What is asked for: dataset, range, series and state of knowledge, read from a query. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { newlyUnknownSeries } from '../../db/queries/catalog/known-series.ts';
import type { Knowledge, RowSelection } from '../../db/queries/points/rows.ts';
import { hasRollups } from '../../domain/dataset/dataset.ts';
import { effectiveOn } from '../../domain/dataset/facts.ts';
import { intervalSeconds, isGridded, type PointDataset } from '../../domain/dataset/points.ts';
import {
  addDays,
  type CivilDay,
  dayAt,
  dayInterval,
  daysFrom,
  instantAt,
  isCivilDay,
} from '../../domain/time/civil-day.ts';
import { ROWS_OF_A_STRETCH } from '../../domain/time/stretches.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { wrongField } from '../http/problem.ts';
import { visibleDataset } from '../limits/access.ts';
import { bound, datasetId, instant, seriesName } from '../schemas.ts';
import { refuseOddYear } from './years.ts';

/** Query parameters that may be given several times. */
export const REPEATABLE = new Set(['series', 'function']);
/** Those of which one may be several with commas between: a function's name has none, that of a series may. */
export const WITH_COMMAS = new Set(['function']);

const GATE = /^D(?<days>[+-]\d{1,2})?T(?<time>([01]\d|2[0-3]):[0-5]\d)$/;
const MOST_DAYS = 40_000;

export const selectionSchema = z.strictObject({
  dataset: datasetId,
  from: bound,
  to: bound,
  series: z
    .array(seriesName)
    .min(1)
    .max(500)
    .optional()
    .describe('only these series, as published; may be repeated'),
  as_of: instant.optional().describe('as known at that instant; default: the latest'),
  gate: z
    .string()
    .regex(GATE, 'write a gate relative to the delivery day, such as D-1T12:00')
    .optional()
    .describe(
      'as known at this wall-clock time relative to each delivery day, such as D-1T12:00; with as_of: and not later than then',
    ),
});

export type SelectionQuery = z.output<typeof selectionSchema>;

/** A question that can be put to the database. */
export interface Selection {
  readonly dataset: PointDataset;
  readonly from: Date;
  readonly to: Date;
  /** Delivery days that the range touches, first and last. */
  readonly days: { readonly first: CivilDay; readonly last: CivilDay };
  readonly series: readonly string[] | null;
  readonly knowledge: Knowledge;
  /** The instant that was asked for; with a gate: nothing that became known later counts. Null: none was. */
  readonly asOf: Date | null;
  readonly gate: string | undefined;
}

/** @throws Problem 422 that names a series that the dataset does not have, and near ones. */
export async function assertSeries(
  { database }: ApiDependencies,
  dataset: string,
  series: readonly string[] | undefined,
): Promise<void> {
  if (series === undefined) return;
  const unknown = await newlyUnknownSeries(database, dataset, series);
  if (!unknown) return;
  const cure = `${unknown.cure}; /v1/datasets/${dataset}/series has all`;
  throw wrongField('series', unknown.name, cure, 422);
}

/** How a route names the bounds, and whether an instant that ends a range belongs to it. */
export interface Bounds {
  readonly from: string;
  readonly to: string;
  readonly includesTo: boolean;
}

const HALF_OPEN: Bounds = { from: 'from', to: 'to', includesTo: false };

/** @throws Problem 404, 422 */
export async function readSelection(
  deps: ApiDependencies,
  request: FastifyRequest,
  query: SelectionQuery,
  names = HALF_OPEN,
): Promise<Selection> {
  const dataset = visibleDataset(deps, request, query.dataset);
  const { timeZone } = dataset.source;
  const from = firstInstant(names.from, query.from, timeZone);
  const to = firstBehind(names, query.to, timeZone);
  if (from >= to) {
    const order = names.includesTo ? 'before' : 'not after';
    throw wrongField(names.to, query.to, `it is ${order} "${names.from}" (${query.from}); swap them`, 422);
  }
  const days = { first: dayAt(from.getTime(), timeZone), last: dayAt(to.getTime() - 1, timeZone) };
  if (daysFrom(days.first, days.last) > MOST_DAYS)
    throw wrongField(names.to, query.to, `a range has at most ${MOST_DAYS} days`, 422);
  const asOf = readAsOf(deps, query);
  const knowledge = knowledgeOf(query, asOf, timeZone);
  await assertSeries(deps, dataset.id, query.series);
  return { dataset, from, to, days, series: query.series ?? null, knowledge, asOf, gate: query.gate };
}

export function rowSelection(selection: Selection): RowSelection {
  const { dataset, from, to, series, knowledge } = selection;
  const rows = { dataset: dataset.id, from, to, series, knowledge, stretchMs: stretchOf(selection) };
  return hasRollups(dataset) ? { ...rows, hasRollups: true } : rows;
}

/** How many rows there should be, by the definition; Infinity where it does not say it. */
export function expectedRows(selection: Selection): number {
  const { dataset, from, to, days } = selection;
  const seconds = intervalSeconds(dataset, days.last);
  return (expectedSeries(selection) * (to.getTime() - from.getTime())) / (seconds * 1_000);
}

/** How many series there should be; Infinity where the definition does not say it. */
export function expectedSeries({ dataset, days, series }: Selection): number {
  const all = isGridded(dataset)
    ? effectiveOn(dataset.expectedSeries, days.last).count
    : Number.POSITIVE_INFINITY;
  return Math.min(series?.length ?? all, all);
}

const DAY_MS = 86_400_000;

/** Whole days that hold some ten thousand rows, by what the definition expects; files say it themselves, by their rollups. */
function stretchOf(selection: Selection): number {
  const { dataset, days } = selection;
  if (!isGridded(dataset)) return DAY_MS;
  const rowsOfDay = (expectedSeries(selection) * DAY_MS) / (intervalSeconds(dataset, days.last) * 1_000);
  return Math.max(1, Math.round(ROWS_OF_A_STRETCH / rowsOfDay)) * DAY_MS;
}

function firstInstant(field: string, text: string, timeZone: string): Date {
  refuseOddYear(field, text);
  return new Date(isCivilDay(text) ? dayInterval(text, timeZone).startMs : text);
}

/** The first instant after a range. Instants of questions have milliseconds, so that the next one is one later. */
function firstBehind({ to: field, includesTo }: Bounds, text: string, timeZone: string): Date {
  refuseOddYear(field, text);
  if (isCivilDay(text)) return new Date(dayInterval(text, timeZone).endMs);
  return new Date(Date.parse(text) + (includesTo ? 1 : 0));
}

function readAsOf({ now }: ApiDependencies, { as_of }: SelectionQuery): Date | null {
  if (as_of === undefined) return null;
  const at = new Date(as_of);
  if (at > now()) throw wrongField('as_of', as_of, 'it lies ahead; leave it out for the latest', 422);
  return at;
}

function knowledgeOf({ gate }: SelectionQuery, asOf: Date | null, timeZone: string): Knowledge {
  if (gate !== undefined) return gatesOf(gate, timeZone, asOf);
  return asOf === null ? { kind: 'latest' } : { kind: 'as-of', at: asOf };
}

/**
 * Asked for the days that have data alone: a century has 36,500.
 * @param asOf no gate counts that is later; null: each does.
 */
export function gatesOf(gate: string, timeZone: string, asOf: Date | null) {
  const at = (day: CivilDay) => gateOf(gate, day, timeZone);
  return { kind: 'gates', gateOf: asOf ? (day: CivilDay) => earlier(at(day), asOf) : at } as const;
}

export function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}

/** The instant of a gate of a delivery day: `D-1T12:00` is noon of the day before, on the source's wall clock. */
function gateOf(gate: string, day: CivilDay, timeZone: string): Date {
  const { days = '0', time = '00:00' } = GATE.exec(gate)?.groups ?? {};
  return new Date(instantAt(addDays(day, Number(days)), time, timeZone));
}
