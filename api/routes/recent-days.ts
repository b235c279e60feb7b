/** `GET /v1/days`: the newest days of every dataset of points in one request, as the overview shows them. */
import { z } from 'zod';
import { datasetOverviews } from '../../db/queries/catalog/overview.ts';
import { type DayRange, type RecentDay, recentDays } from '../../db/queries/days/ledger-days.ts';
import { isOfPoints, isPulledPoints } from '../../domain/dataset/dataset.ts';
import type { PointDataset } from '../../domain/dataset/points.ts';
import { addDays, type CivilDay, eachDay } from '../../domain/time/civil-day.ts';
import { today } from '../../domain/time/delivery-day.ts';
import { isKnown } from '../data/conditional.ts';
import { noBody } from '../data/send.ts';
import { dayEntrySchema } from '../days/day-entry.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { notModified, problems } from '../http/problem.ts';
import { visibleAll } from '../limits/access.ts';

const MOST_DAYS = 100;

const querystring = z.strictObject({
  days: z.coerce.number().int().min(1).max(MOST_DAYS).default(34).describe('how many, the newest included'),
});

/** Only what the overview's strip of days shows, because every visit loads these days of all datasets. */
const recentDay = dayEntrySchema
  .pick({
    ...{ day: true, state: true, expected_points: true, present_points: true, quarantined_points: true },
    ...{ revision: true, last_changed_at: true, error: true },
  })
  .meta({ id: 'RecentDay' });

const answer = z
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
        querystring,
        response: { 200: answer, ...notModified, ...problems(422) },
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
