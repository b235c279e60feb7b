/** `GET /v1/datasets/{dataset}/days`: the ledger, one entry for each day of a range, with or without a row. */
import { z } from 'zod';
import { hasDaysBefore, ledgerRange } from '../../db/queries/days/ledger.ts';
import { type Dataset, periodOf } from '../../domain/dataset/dataset.ts';
import { addDays, type CivilDay, eachDay } from '../../domain/time/civil-day.ts';
import { isKnown } from '../data/conditional.ts';
import { nextPage } from '../data/paging.ts';
import { noBody } from '../data/send.ts';
import { dayEntry, dayEntrySchema } from '../days/day-entry.ts';
import { dayRange, readDayRange } from '../days/day-range.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { notModified, problems } from '../http/problem.ts';
import { visibleOfAnyKind } from '../limits/access.ts';
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
