/** `GET /v1/explain`: all versions of one point, and where each value came from. */
import { z } from 'zod';
import { explanationsOf } from '../../db/queries/days/explanations.ts';
import { explainPoint, type PointPlace } from '../../db/queries/points/explain-point.ts';
import { describeExplanation } from '../../domain/dataset/explained.ts';
import { dayAt } from '../../domain/time/civil-day.ts';
import { explanationSchema, findingSchema } from '../data/answer-schemas.ts';
import { assertSeries } from '../data/selection.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { Problem, problems } from '../http/problem.ts';
import { visibleAll, visibleDataset, visibleIds } from '../limits/access.ts';
import { noteRead } from '../limits/read-counter.ts';
import { datasetId, instant, refuseOddYear, seriesName, stamp, wire } from '../schemas.ts';
import { payloadEntry, payloadSchema } from './payloads.ts';

const querystring = z.strictObject({
  dataset: datasetId,
  series: z.array(seriesName).length(1).describe('one series, as published'),
  at: instant.describe('start of the interval, with its offset'),
});

const version = z.object({
  value: z.number().nullable(),
  known_from: stamp,
  known_to: stamp.nullable().describe('when it was superseded; null while it is current'),
  payload_id: z.int(),
});

const point = { dataset: z.string(), series: z.string(), starts_at: stamp, unit: z.string() };
const explanation = z
  .object({
    ...point,
    versions: z.array(
      version.extend({
        place: z
          .string()
          .nullable()
          .describe('position of the value in the payload: a path, or a line of a file'),
        raw: z.string().nullable().describe('the line of the file, verbatim; null for other payloads'),
        unread: z.string().nullable().describe('why the payload cannot be read; null where it can'),
        payload: payloadSchema.nullable(),
        inputs: z
          .array(
            z.object({
              dataset: z.string(),
              day: z.string().meta({ format: 'date' }),
              payloads: z.array(payloadSchema),
            }),
          )
          .describe(
            'what a derived value was computed from: the payloads behind the days of its inputs at that time',
          ),
      }),
    ),
    findings: z.array(findingSchema).describe('about the point, its series or its day'),
    explanations: z.array(explanationSchema).describe('what records of other datasets say about its day'),
  })
  .meta({ id: 'Explanation' });

type PointQuery = z.output<typeof querystring>;

export function explainRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/explain',
    {
      schema: {
        tags: ['data'],
        summary: 'A value back to its payloads, runs and checks',
        querystring,
        response: { 200: explanation, ...problems(422) },
      },
    },
    async (request) => {
      const { series, at, ...query } = readPoint(request.query);
      const dataset = visibleDataset(deps, request, query.dataset);
      const explained = await explainPoint(deps.database, dataset, series, at);
      if (!explained) await assertSeries(deps, dataset.id, [series]);
      const day = dayAt(at.getTime(), dataset.source.timeZone);
      const explanations = await explanationsOf(deps.database, visibleAll(deps, request), dataset.id, day);
      if (!explained) {
        const nothing = `nothing is known of ${series} at ${at.toISOString()} in ${dataset.id}`;
        throw new Problem(404, [nothing, ...explanations.map(describeExplanation)].join('; '));
      }
      noteRead(request, dataset.id);
      const ids = new Set(visibleIds(deps, request));
      const versions = explained.versions.map(({ payload, inputs, ...each }) => ({
        ...(wire(each) as z.output<typeof version> & PointPlace),
        payload: payload ? payloadEntry(deps, payload) : null,
        inputs: inputs
          .filter((input) => ids.has(input.dataset))
          .map((input) => ({ ...input, payloads: input.payloads.map((each) => payloadEntry(deps, each)) })),
      }));
      return {
        ...{ dataset: dataset.id, series, starts_at: at.toISOString(), unit: dataset.unit, versions },
        findings: wire(explained.findings) as z.output<typeof findingSchema>[],
        explanations: wire(explanations) as z.output<typeof explanationSchema>[],
      };
    },
  );
}

/** @throws Problem 422 */
function readPoint({ dataset, series: [series = ''], at }: PointQuery) {
  refuseOddYear('at', at);
  return { dataset, series, at: new Date(at) };
}
