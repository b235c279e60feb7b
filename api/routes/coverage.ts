/** `GET /v1/datasets/{dataset}/coverage`: expected and present points, and why the others are missing. */
import { z } from 'zod';
import { coverRange } from '../../db/read/cover/cover-range.ts';
import { gapEntry } from '../../db/read/cover/gap-entry.ts';
import { type CoverageGap, GAP_REASONS, type GapReason } from '../../domain/days/coverage.ts';
import { addDays } from '../../domain/time/civil-day.ts';
import { nextPage } from '../data/paging.ts';
import { assertSeries, refuseMisplaced } from '../data/selection.ts';
import { isKnown } from '../data/send.ts';
import { dayRange, readDayRange } from '../days/day-range.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { notModified, problems } from '../http/problem.ts';
import { visibleOfAnyKind } from '../limits/access.ts';
import { datasetId, seriesName, stamp } from '../schemas.ts';

const DAYS = 90;
const MOST_DAYS = 1_500;
const GAPS_OF_A_PAGE = 10_000;

const REASONS = Object.keys(GAP_REASONS) as [GapReason, ...GapReason[]];

const answer = z
  .object({
    dataset: z.string(),
    time_zone: z.string(),
    from: z.string(),
    to: z.string().describe('the last day that this answer covers'),
    series: z.array(z.string()).nullable().describe('those requested; null: all'),
    expected_points: z.int().describe('present_points and the points of all gaps together'),
    present_points: z.int().describe('points that have a value'),
    missing_points: z.partialRecord(z.enum(REASONS), z.int()).describe('by reason'),
    data: z
      .array(
        z.object({
          from: stamp,
          to: stamp,
          reason: z
            .enum(REASONS)
            .describe(REASONS.map((reason) => `${reason}: ${GAP_REASONS[reason]}`).join(' · ')),
          series: z.array(z.string()).describe('series without any point in the gap'),
          unnamed_series: z
            .int()
            .describe('further series whose names are not known; for a day without a point, all of them'),
          points: z.int(),
        }),
      )
      .describe('every gap, in order of time'),
    next: z
      .string()
      .nullable()
      .describe(`the remaining days, where there are more than ${GAPS_OF_A_PAGE} gaps; null at the end`),
  })
  .meta({ id: 'Coverage' });

export function coverageRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/datasets/:dataset/coverage',
    {
      schema: {
        tags: ['days'],
        summary: 'Expected, present, and every gap with its reason',
        description: `The last ${DAYS} days when left out.`,
        params: z.strictObject({ dataset: datasetId }),
        querystring: z.strictObject({
          ...dayRange,
          series: z
            .array(seriesName)
            .min(1)
            .max(500)
            .optional()
            .describe('only these series, as published; may be repeated'),
        }),
        response: { 200: answer, ...notModified, ...problems(422) },
      },
    },
    async (request, reply) => {
      const dataset = visibleOfAnyKind(deps, request, request.params.dataset);
      refuseMisplaced(dataset, request.query);
      const nowMs = deps.now().getTime();
      const range = await readDayRange(deps, dataset, request.query, { days: DAYS, most: MOST_DAYS });
      await assertSeries(deps, dataset.id, request.query.series);
      const series = request.query.series ? [...new Set(request.query.series)].sort() : null;
      const enoughGaps = GAPS_OF_A_PAGE;
      const { expected, present, gaps, to } = await coverRange(deps.database, {
        ...{ dataset, ...range, series, nowMs, enoughGaps },
      });
      const covered: z.output<typeof answer> = {
        ...{ dataset: dataset.id, time_zone: dataset.source.timeZone, from: range.from, to, series },
        ...{ expected_points: expected, present_points: present, missing_points: byReason(gaps) },
        data: gaps.map(gapEntry),
        next: nextPage(request.url, to === range.to ? null : { from: addDays(to, 1), to: range.to }),
      };
      if (isKnown(request, reply, covered)) return reply.code(304).send(null);
      return covered;
    },
  );
}

function byReason(gaps: readonly CoverageGap[]): Partial<Record<GapReason, number>> {
  const totals: Partial<Record<GapReason, number>> = {};
  for (const { reason, points } of gaps) totals[reason] = (totals[reason] ?? 0) + points;
  return totals;
}
