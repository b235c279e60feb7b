/** `GET /v1/explain`: one point, what was ever known of it, and where each value came from. */
import { z } from 'zod';
import { explainPoint, type PointPlace } from '../../db/queries/points/explain-point.ts';
import { findingSchema } from '../data/knowledge-schemas.ts';
import { assertSeries } from '../data/selection.ts';
import { refuseOddYear } from '../data/years.ts';
import { payloadEntry, payloadSchema } from '../days/payload-entry.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { Problem, problems } from '../http/problem.ts';
import { visibleDataset } from '../limits/access.ts';
import { noteRead } from '../limits/read-counter.ts';
import { datasetId, instant, seriesName, stamp, wire } from '../schemas.ts';

const querystring = z.strictObject({
  dataset: datasetId,
  series: z.array(seriesName).length(1).describe('one series, as published'),
  at: instant.describe('start of the interval, with its offset'),
});

const version = z.object({
  value: z.number().nullable(),
  known_from: stamp,
  known_to: stamp.nullable().describe('when it was overtaken; null while it is current'),
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
          .describe('where the value stands in the payload: a path, or a line of a file'),
        raw: z.string().nullable().describe('the line of a file as it stands there; null of other payloads'),
        unread: z.string().nullable().describe('why the payload cannot be looked into; null where it can'),
        payload: payloadSchema.nullable(),
      }),
    ),
    findings: z.array(findingSchema).describe('about the point, its series or its day'),
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
      if (!explained)
        throw new Problem(404, `nothing is known of ${series} at ${at.toISOString()} in ${dataset.id}`);
      noteRead(request, dataset.id);
      const told = explained.versions.map(({ payload, ...each }) => ({
        ...(wire(each) as z.output<typeof version> & PointPlace),
        payload: payload ? payloadEntry(deps, payload) : null,
      }));
      return {
        ...{ dataset: dataset.id, series, starts_at: at.toISOString(), unit: dataset.unit, versions: told },
        findings: wire(explained.findings) as z.output<typeof findingSchema>[],
      };
    },
  );
}

/** @throws Problem 422 */
function readPoint({ dataset, series: [series = ''], at }: PointQuery) {
  refuseOddYear('at', at);
  return { dataset, series, at: new Date(at) };
}
