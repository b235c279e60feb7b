/** `GET /v1/datasets/{dataset}/days`: the ledger, one entry for each day of a range, with or without a row. */
import { z } from 'zod';
import { datasetOverviews } from '../../db/queries/catalog/overview.ts';
import { hasDaysBefore, ledgerRange } from '../../db/queries/days/ledger.ts';
import { type DayRange, type RecentDay, recentDays } from '../../db/queries/days/ledger-days.ts';
import { type Dataset, isOfPoints, isPulledPoints, periodOf } from '../../domain/dataset/dataset.ts';
import type { PointDataset } from '../../domain/dataset/points.ts';
import { addDays, type CivilDay, eachDay } from '../../domain/time/civil-day.ts';
import { today } from '../../domain/time/delivery-day.ts';
import { nextPage } from '../data/paging.ts';
import { isKnown, noBody } from '../data/send.ts';
import { dayEntry, dayEntrySchema } from '../days/day-entry.ts';
import { dayRange, readDayRange } from '../days/day-range.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { notModified, problems } from '../http/problem.ts';
import { visibleAll, visibleOfAnyKind } from '../limits/access.ts';
import { datasetId } from '../schemas.ts';

const DAYS = 400;
const MOST_DAYS = 4_000;

const answer = z
  .object({
    dataset: z.string(),
    time_zone: z.string(),
    from: z.string(),
    to: z.string(),
    data: z
      .array(dayEntrySchema)
      .describe(
        'every day of the range, ascending; of records that are kept by year, every year, named by its first day',
      ),
    next: z
      .string()
      .nullable()
      .describe(
        'the preceding days, where "from" was omitted and the ledger has older ones; null at the end',
      ),
  })
  .meta({ id: 'Days' });

export function daysRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/datasets/:dataset/days',
    {
      schema: {
        tags: ['days'],
        summary: 'The ledger: the state of each delivery day',
        description: `Default: the last ${DAYS} days.`,
        params: z.strictObject({ dataset: datasetId }),
        querystring: z.strictObject(dayRange),
        response: { 200: answer, ...notModified, ...problems(422) },
      },
    },
    async (request, reply) => {
      const dataset = visibleOfAnyKind(deps, request, request.params.dataset);
      const { from, to } = await readDayRange(deps, dataset, request.query, { days: DAYS, most: MOST_DAYS });
      const rows = await ledgerRange(deps.database, dataset.id, from, to);
      const byDay = new Map(rows.map((row) => [row.day, row]));
      const data = unitsBetween(dataset, from, to).map((day) => dayEntry(deps, dataset, day, byDay.get(day)));
      const hasOlder =
        request.query.from === undefined && (await hasDaysBefore(deps.database, dataset.id, from));
      const next = nextPage(request.url, hasOlder ? { to: addDays(from, -1) } : null);
      const days = { dataset: dataset.id, time_zone: dataset.source.timeZone, from, to, data, next };
      if (isKnown(request, reply, days)) return reply.code(304).send(noBody(request));
      return days;
    },
  );
}

/** The units of a range: days, or years named by their first day. */
function unitsBetween(dataset: Dataset, from: CivilDay, to: CivilDay): CivilDay[] {
  const days = eachDay(from, to);
  return periodOf(dataset) === 'year' ? days.filter((day) => day.endsWith('-01-01')) : days;
}

const MOST_RECENT_DAYS = 100;

const recentQuery = z.strictObject({
  days: z.coerce
    .number()
    .int()
    .min(1)
    .max(MOST_RECENT_DAYS)
    .default(34)
    .describe('how many, the newest included'),
});

/** Only what the overview's strip of days shows, because every visit loads these days of all datasets. */
const recentDay = dayEntrySchema
  .pick({
    ...{ day: true, state: true, expected_points: true, present_points: true, quarantined_points: true },
    ...{ revision: true, last_changed_at: true, error: true },
  })
  .meta({ id: 'RecentDay' });

const recentAnswer = z
  .object({
    data: z
      .array(z.object({ dataset: z.string(), days: z.array(recentDay).describe('ascending') }))
      .describe('dormant datasets, and those that have no day yet, are left out'),
  })
  .meta({ id: 'RecentDays' });

export function recentDaysRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/days',
    {
      schema: {
        tags: ['days'],
        summary: 'The newest days of every enabled dataset of points that you may see',
        description: 'Up to tomorrow where a source publishes them; otherwise the last that were loaded.',
        querystring: recentQuery,
        response: { 200: recentAnswer, ...notModified, ...problems(422) },
      },
    },
    async (request, reply) => {
      const overviews = new Map((await datasetOverviews(deps.database)).map((each) => [each.dataset, each]));
      const shown = visibleAll(deps, request)
        .filter(isOfPoints)
        .filter(({ id }) => overviews.get(id)?.enabled);
      const ranges = shown.flatMap((dataset) => {
        const range = newestDays(
          deps,
          dataset,
          overviews.get(dataset.id)?.lastDay ?? null,
          request.query.days,
        );
        return range ? [{ dataset, range }] : [];
      });
      const rows = await recentDays(
        deps.database,
        ranges.map(({ range }) => range),
      );
      const byDay = new Map(rows.map((row) => [`${row.dataset} ${row.day}`, row]));
      const data = ranges.map(({ dataset, range }) => ({
        dataset: dataset.id,
        days: eachDay(range.from, range.to).map((day) => entryOf(day, byDay.get(`${dataset.id} ${day}`))),
      }));
      if (isKnown(request, reply, { data })) return reply.code(304).send(noBody(request));
      return { data };
    },
  );
}

function entryOf(day: CivilDay, row: RecentDay | undefined): z.output<typeof recentDay> {
  return {
    ...{ day, state: row?.state ?? null, revision: row?.revision ?? 0, error: row?.error ?? null },
    expected_points: row?.expectedPoints ?? 0,
    present_points: row?.presentPoints ?? 0,
    quarantined_points: row?.quarantinedPoints ?? 0,
    last_changed_at: row?.lastChangedAt?.toISOString() ?? null,
  };
}

function newestDays(
  { now }: ApiDependencies,
  dataset: PointDataset,
  last: string | null,
  days: number,
): DayRange | undefined {
  const isPulled = isPulledPoints(dataset);
  const newest = isPulled ? today(dataset, now().getTime()) : last;
  if (newest === null) return undefined;
  return {
    ...{ dataset: dataset.id, from: addDays(newest, 1 - days) },
    to: isPulled ? addDays(newest, 1) : newest,
  };
}
