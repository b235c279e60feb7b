/** `GET /v1/datasets/{dataset}/statistics`: when a dataset is published, how late, and how long it moves afterwards. */
import { z } from 'zod';
import type { Sql } from '../../db/connection/client.ts';
import {
  type ExpectedDays,
  type PublicationFigures,
  payloadFigures,
  publicationFigures,
  revisionFigures,
  type SettlingFigures,
  settlingFigures,
} from '../../db/queries/days/statistics.ts';
import { isPulledPoints } from '../../domain/dataset/dataset.ts';
import { describeMoment } from '../../domain/dataset/dataset-words.ts';
import type { PointDataset, PulledPoints } from '../../domain/dataset/points.ts';
import type { LocalMoment } from '../../domain/dataset/pull.ts';
import { addDays, eachDay } from '../../domain/time/civil-day.ts';
import { momentOf } from '../../domain/time/delivery-day.ts';
import { newestDay } from '../days/day-range.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems } from '../http/problem.ts';
import { visibleDataset } from '../limits/access.ts';
import { datasetId, wholeNumber, wire } from '../schemas.ts';

const DAYS = 90;
const MOST_DAYS = 2_000;
const UNCHANGED_AFTER_HOURS = [1, 3, 6, 12, 24, 48];
/** A younger day may still be revised, so it does not count as unchanged yet. */
const SETTLED_HOURS = 72;
const HOUR_MS = 3_600_000;
const MINUTES_OF_A_DAY = 1_440;

const moment = z
  .object({ day: z.int().describe('relative to the delivery day'), time: z.string(), text: z.string() })
  .nullable();
const share = z.number().nullable().describe('0 to 1; null: of no days');

const answer = z
  .object({
    dataset: z.string(),
    time_zone: z.string().describe('of the times of day'),
    from: z.string(),
    to: z.string().describe('the newest day whose deadline has passed; of files the last that has points'),
    publication: z
      .object({
        days: z.int().describe('days whose publication was observed or is expected'),
        published: z.int(),
        first_quarter: moment.describe('a quarter of the days was published by then'),
        median: moment,
        third_quarter: moment,
        late_days: z.int().describe('published after the deadline, or not yet'),
        late_share: share,
        unpublished_days: z.int(),
        late_minutes_median: z.number().nullable().describe('after the deadline, of those published late'),
        late_minutes_most: z.number().nullable(),
      })
      .nullable()
      .describe(
        'of days polled before they were published; days loaded later say nothing about it; null for files',
      ),
    settling: z
      .object({
        days: z.int(),
        unchanged: z.array(z.object({ after_hours: z.number(), days: z.int(), share })),
        hours_median: z.number().nullable().describe('from publication to the last change'),
        hours_ninetieth: z.number().nullable().describe('nine of ten days did not change after that'),
        hours_most: z.number().nullable(),
      })
      .nullable()
      .describe(`of the same days, published at least ${SETTLED_HOURS} hours ago; null of files`),
    revisions: z.object({
      days: z.int().describe('days that have points, whenever they were loaded'),
      revised_days: z.int(),
      revised_share: share,
      revisions: z.int().describe('payloads that changed values'),
      per_day: z.number().nullable(),
      most_revisions: z.int().describe('of one day'),
      revised_points: z.int(),
    }),
    payloads: z
      .object({
        payloads: z.int(),
        bytes_median: z.int().nullable(),
        bytes_least: z.int().nullable(),
        bytes_most: z.int().nullable(),
      })
      .describe('answers with points to requests for a single day'),
  })
  .meta({ id: 'Statistics' });

export function statisticsRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/datasets/:dataset/statistics',
    {
      schema: {
        tags: ['catalogue'],
        summary: 'When a dataset is published, how late, and how long it moves afterwards',
        params: z.strictObject({ dataset: datasetId }),
        querystring: z.strictObject({
          days: wholeNumber(1, MOST_DAYS).optional().describe(`how many days back; default ${DAYS}`),
        }),
        response: { 200: answer, ...problems() },
      },
    },
    async (request) => {
      const dataset = visibleDataset(deps, request, request.params.dataset);
      return await statisticsOf(deps, dataset, request.query.days ?? DAYS);
    },
  );
}

async function statisticsOf(
  deps: ApiDependencies,
  dataset: PointDataset,
  days: number,
): Promise<z.output<typeof answer>> {
  const { database: sql, now } = deps;
  const { id, source, firstDay } = dataset;
  const nowMs = now().getTime();
  const to = await newestDay(deps, dataset);
  const back = addDays(to, 1 - days);
  const range = { from: back < firstDay && firstDay <= to ? firstDay : back, to };
  const [published, revisions, payloads] = await Promise.all([
    isPulledPoints(dataset) ? publishedFigures(sql, dataset, range, nowMs) : NEVER_PUBLISHED,
    revisionFigures(sql, id, range),
    payloadFigures(sql, id, range),
  ]);
  const more = {
    revisedShare: shareOf(revisions.revisedDays, revisions.days),
    perDay: shareOf(revisions.revisions, revisions.days),
  };
  const figures = {
    ...{ dataset: id, timeZone: source.timeZone, ...range, payloads },
    ...published,
    revisions: { ...revisions, ...more },
  };
  return wire(figures) as z.output<typeof answer>;
}

/** Files are uploaded at any time, so there are no publication times. */
const NEVER_PUBLISHED = { publication: null, settling: null };

async function publishedFigures(sql: Sql, dataset: PulledPoints, range: DayRange, nowMs: number) {
  const { id, source } = dataset;
  const expected = expectedDays(dataset, range);
  const settled = new Date(nowMs - SETTLED_HOURS * HOUR_MS);
  const [publication, settling] = await Promise.all([
    publicationFigures(sql, id, expected, source.timeZone),
    settlingFigures(sql, id, expected, UNCHANGED_AFTER_HOURS, settled),
  ]);
  return { publication: publicationOf(publication), settling: settlingOf(settling) };
}

interface DayRange {
  readonly from: string;
  readonly to: string;
}

function expectedDays(dataset: PulledPoints, { from, to }: DayRange): ExpectedDays {
  const { expected, deadline } = dataset.pull.publication;
  const days = eachDay(from, to);
  const instants = (of: LocalMoment) => days.map((day) => new Date(momentOf(dataset, day, of)));
  return { days, expected: instants(expected), deadlines: instants(deadline) };
}

function publicationOf({ watched, late, unpublished, quartiles, ...rest }: PublicationFigures) {
  const [firstQuarter, median, thirdQuarter] = (quartiles ?? [null, null, null]).map(momentAt);
  return {
    ...{ ...rest, days: watched, firstQuarter, median, thirdQuarter },
    ...{ lateDays: late, lateShare: shareOf(late, watched), unpublishedDays: unpublished },
  };
}

function settlingOf({ days, unchanged, ...rest }: SettlingFigures) {
  const shares = UNCHANGED_AFTER_HOURS.map((afterHours, i) => {
    const count = unchanged[i] ?? 0;
    return { afterHours, days: count, share: shareOf(count, days) };
  });
  return { days, unchanged: shares, ...rest };
}

function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** @param minutes from the first instant of the delivery day, on the wall clock. */
function momentAt(minutes: number | null): (LocalMoment & { text: string }) | null {
  if (minutes === null) return null;
  const whole = Math.round(minutes);
  const day = Math.floor(whole / MINUTES_OF_A_DAY);
  const ofDay = whole - day * MINUTES_OF_A_DAY;
  const digits = (n: number) => String(n).padStart(2, '0');
  const time = `${digits(Math.floor(ofDay / 60))}:${digits(ofDay % 60)}`;
  return { day, time, text: describeMoment({ day, time }) };
}
