/** Reads what people type: days, instants, ranges. Wrong input names the option, the value and the hint. */

import { userInfo } from 'node:os';
import type { Catalog } from '../datasets/catalog.ts';
import type { Sql } from '../db/connection/client.ts';
import { unknownSeries } from '../db/queries/catalog/series.ts';
import { isOfPoints } from '../domain/dataset/dataset.ts';
import type { DatasetFacts } from '../domain/dataset/facts.ts';
import type { PointDataset } from '../domain/dataset/points.ts';
import { addDays, type CivilDay, dayInterval, isCivilDay } from '../domain/time/civil-day.ts';
import { today } from '../domain/time/delivery-day.ts';
import { isInstant } from '../domain/workflow/fields.ts';
import { UsageError } from './usage-error.ts';

/** A dataset of series, polled or of files. @throws Failure UNKNOWN_DATASET @throws UsageError for one of records. */
export function seriesDataset(catalog: Catalog, id: string): PointDataset {
  const dataset = catalog.find(id);
  if (isOfPoints(dataset)) return dataset;
  throw new UsageError(`${id} has no series: it is a dataset of records`);
}

/** @throws UsageError that names a series that the dataset does not have, and similar ones. */
export async function refuseUnknownSeries(
  sql: Sql,
  dataset: string,
  names: readonly string[] | undefined,
): Promise<void> {
  const unknown = names && (await unknownSeries(sql, dataset, names));
  if (unknown) throw new UsageError(`--series is "${unknown.name}": ${unknown.hint}`);
}

/** @throws UsageError */
export function readDay(option: string, text: string): CivilDay {
  if (isCivilDay(text)) return text;
  throw new UsageError(`${option} is "${text}": write an existing date as YYYY-MM-DD`);
}

/** How many to show. @throws UsageError */
export function readCount(option: string, text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new UsageError(`${option} is "${text}": write a whole number from 1 to 999999`);
}

/** An instant with its offset. @throws UsageError */
export function readInstant(option: string, text: string): Date {
  if (isInstant(text)) return new Date(text);
  throw new UsageError(
    `${option} is "${text}": write an existing instant with its offset, such as 2026-11-20T10:30:00Z`,
  );
}

/**
 * One end of a range: an instant, or a delivery day of the dataset (from its first to its last instant).
 * @throws UsageError
 */
export function readBound(
  option: '--from' | '--to',
  text: string,
  { source }: Pick<DatasetFacts, 'source'>,
): Date {
  if (/T.*(Z|[+-]\d{2}:\d{2})$/.test(text)) return readInstant(option, text);
  if (!isCivilDay(text)) {
    throw new UsageError(
      `${option} is "${text}": write a delivery day (YYYY-MM-DD) or an instant with its offset (2026-11-20T10:30:00Z)`,
    );
  }
  const { startMs, endMs } = dayInterval(text, source.timeZone);
  return new Date(option === '--from' ? startMs : endMs);
}

/** The range of days given, or the last `days` days up to today. @throws UsageError */
export function readDayRange(
  options: { readonly from?: string; readonly to?: string },
  dataset: Pick<DatasetFacts, 'source'>,
  days: number,
  nowMs: number,
): { from: CivilDay; to: CivilDay } {
  const to = options.to === undefined ? addDays(today(dataset, nowMs), 1) : readDay('--to', options.to);
  const from = options.from === undefined ? addDays(to, -days) : readDay('--from', options.from);
  if (from > to) throw new UsageError(`--from (${from}) is after --to (${to}); swap them`);
  return { from, to };
}

const LONGEST_REASON = 500;

/** The name given, or that of the user at the terminal. */
export function operator(by: string | undefined): string {
  return by ?? userInfo().username;
}

/** @throws UsageError when there is none, or too much of it. */
export function readReason(text: string): string {
  const reason = text.trim();
  if (reason !== '' && reason.length <= LONGEST_REASON) return reason;
  throw new UsageError(`--reason has ${reason.length} characters: say why in 1 to ${LONGEST_REASON}`);
}

/** For an option that may be repeated. Not variadic: that would swallow the dataset argument after it. */
export function repeatable(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
