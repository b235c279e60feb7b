/** Reads a selection from a query: dataset, range, rows and state of knowledge. */

import { parse } from 'node:querystring';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Location } from '../../db/queries/catalog/locations.ts';
import { newlyUnknownSeries } from '../../db/queries/catalog/series.ts';
import {
  boundOf,
  daysTouched,
  isGate,
  isPointQuestion,
  knowledgeOf,
  type PointQuestion,
  type Question,
} from '../../db/read/question.ts';
import { type Dataset, isOfRecords } from '../../domain/dataset/dataset.ts';
import { daysFrom } from '../../domain/time/civil-day.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { Problem, wrongField } from '../http/problem.ts';
import { visibleDataset, visibleOfAnyKind } from '../limits/access.ts';
import { bound, datasetId, instant, PRINTABLE, refuseOddYear, seriesName } from '../schemas.ts';
import { locationNames, readLocations } from './location.ts';

/** Query parameters that may be given several times. */
const REPEATABLE = new Set(['series', 'function', 'location']);
/** Those that may be comma-separated: names of functions have no comma, names of series may. */
const WITH_COMMAS = new Set(['function']);

const MOST_DAYS = 40_000;

export const recordKey = z.string().max(200).regex(PRINTABLE, 'write the key of a record');

/** Parameters of every query for points: from, to and series. */
export const pointSelectionSchema = z.strictObject({
  dataset: datasetId,
  from: bound,
  to: bound,
  series: z
    .array(seriesName)
    .min(1)
    .max(500)
    .optional()
    .describe('of points: only these series, as published; may be repeated'),
  as_of: instant.optional().describe('as known at that instant; default: the latest'),
  gate: z
    .string()
    .refine(isGate, 'write a gate relative to the delivery day, such as D-1T12:00')
    .meta({ pattern: '^D([+-]\\d{1,2})?T([01]\\d|2[0-3]):[0-5]\\d$' })
    .optional()
    .describe(
      'as known at this wall-clock time relative to each delivery day, such as D-1T12:00; with as_of: but no later than as_of',
    ),
});

/** Parameters of queries for points and for records. */
export const selectionSchema = pointSelectionSchema.extend({
  from: bound.optional().describe('where the range begins; may be left out for records'),
  to: bound.optional().describe('where it ends; may be left out for records'),
  key: recordKey.optional().describe('of records: only this one'),
  location: locationNames
    .optional()
    .describe(
      'of records with areas: only those for the areas of these locations; ids or names, may be repeated or comma-separated',
    ),
});

export type SelectionQuery = z.output<typeof selectionSchema>;
type PointQuery = z.output<typeof pointSelectionSchema>;

/** A query of a caller. */
export interface Selection extends Question {
  /** The requested locations, as known at the as-of instant. */
  readonly locations: readonly Location[] | null;
}

export type PointSelection = Selection & PointQuestion;

/** @throws Problem 422 that names a series that the dataset does not have, and similar ones. */
export async function assertSeries(
  { database }: ApiDependencies,
  dataset: string,
  series: readonly string[] | undefined,
): Promise<void> {
  if (series === undefined) return;
  const unknown = await newlyUnknownSeries(database, dataset, series);
  if (!unknown) return;
  const hint = `${unknown.hint}; /v1/datasets/${dataset}/series has all`;
  throw wrongField('series', unknown.name, hint, 422);
}

/** How a route names its bounds, and whether an instant as upper bound is inclusive. */
interface Bounds {
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
  const dataset = visibleOfAnyKind(deps, request, query.dataset);
  refuseMisplaced(dataset, query);
  const range = readRange(dataset, query, names);
  const asOf = readAsOf(deps, query);
  const knowledge = knowledgeOf(query.gate, asOf, dataset.source.timeZone);
  await assertSeries(deps, dataset.id, query.series);
  const locations = query.location ? await readLocations(deps, dataset, query.location, asOf) : null;
  return {
    ...{ dataset, ...range, knowledge, asOf, gate: query.gate, locations, areas: locations },
    ...{ series: query.series ?? null, key: query.key ?? null, personal: request.caller.personal },
  };
}

/** The same for a dataset of points. @throws Problem 404, 422 */
export async function readPointSelection(
  deps: ApiDependencies,
  request: FastifyRequest,
  query: PointQuery,
  names = HALF_OPEN,
): Promise<PointSelection> {
  visibleDataset(deps, request, query.dataset);
  const selection = await readSelection(deps, request, query, names);
  if (isPointQuestion(selection)) return selection;
  throw new Error(`${query.dataset} has points and no range`);
}

/** Refuses filters for which the rows have no column. @throws Problem 422 */
export function refuseMisplaced(
  dataset: Dataset,
  { series, key, location }: Partial<Pick<SelectionQuery, 'series' | 'key' | 'location'>>,
): void {
  if (isOfRecords(dataset) && series)
    throw wrongField('series', series[0], `records of ${dataset.id} have no series; write "key"`, 422);
  if (isOfRecords(dataset)) return;
  const hint = `points of ${dataset.id} have series instead; leave it out`;
  if (key !== undefined) throw wrongField('key', key, hint, 422);
  if (location !== undefined) throw wrongField('location', location[0], hint, 422);
}

function readRange(dataset: Dataset, query: SelectionQuery, names: Bounds) {
  const { timeZone } = dataset.source;
  if (!isOfRecords(dataset)) refuseMissing(query);
  const from = query.from === undefined ? null : instantOf('from', names.from, query.from, timeZone);
  const end = query.to === undefined ? null : instantOf('to', names.to, query.to, timeZone);
  // Instants in queries have millisecond precision: an inclusive upper bound ends one millisecond later.
  const to = end && names.includesTo && query.to?.includes('T') ? new Date(end.getTime() + 1) : end;
  if (from && to && from >= to) {
    const order = names.includesTo ? 'before' : 'not after';
    throw wrongField(names.to, query.to, `it is ${order} "${names.from}" (${query.from}); swap them`, 422);
  }
  if (isOfRecords(dataset) || !from || !to) return { from, to, days: null };
  const days = daysTouched(dataset, from, to);
  if (daysFrom(days.first, days.last) > MOST_DAYS)
    throw wrongField(names.to, query.to, `a range has at most ${MOST_DAYS} days`, 422);
  return { from, to, days };
}

/** @throws Problem 422 that names both where both are missing */
function refuseMissing(query: SelectionQuery): void {
  const hint = 'it is missing, or wrong: write it, or a pin';
  const faults = (['from', 'to'] as const)
    .filter((name) => query[name] === undefined)
    .map((field) => ({ field, hint }));
  if (faults.length === 0) return;
  throw new Problem(422, faults.map(({ field }) => `"${field}": ${hint}`).join('; '), { faults });
}

function instantOf(end: 'from' | 'to', field: string, text: string, timeZone: string): Date {
  refuseOddYear(field, text);
  return boundOf(end, text, timeZone);
}

function readAsOf({ now }: ApiDependencies, { as_of }: SelectionQuery): Date | null {
  if (as_of === undefined) return null;
  const at = new Date(as_of);
  if (at > now()) throw wrongField('as_of', as_of, 'it lies ahead; leave it out for the latest', 422);
  return at;
}

export function readQuery(text: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parse(text)).map(([name, value]) => [
      name,
      REPEATABLE.has(name) ? listOf(name, value) : withPlus(value),
    ]),
  );
}

/** Restores the plus of `10:00:00+01:00` and `D+1T12:00`: in a query string an unescaped plus arrives as a blank. */
function withPlus(value: string | string[] | undefined): typeof value {
  if (typeof value !== 'string') return value;
  return value.replace(/^(D|\d{4}-\d\d-\d\dT[\d:.]+) (?=\d)/, '$1+');
}

function listOf(name: string, value: string | string[] | undefined): string[] {
  const list = [value ?? ''].flat();
  return WITH_COMMAS.has(name) ? list.flatMap((each) => each.split(',')) : list;
}
