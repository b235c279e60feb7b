/** `GET /v1/versions`: every version of a point, or of a record. */
import { z } from 'zod';
import { tableOf } from '../../db/read/table.ts';
import { answerRows } from '../data/answer-rows.ts';
import { pageParameters, readPaging } from '../data/paging.ts';
import { versionsAnswer } from '../data/row-schemas.ts';
import { readSelection, recordKey, type Selection } from '../data/selection.ts';
import { refuseOddYear } from '../data/years.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { inEveryFormat } from '../formats/formats.ts';
import { notModified, Problem, problems } from '../http/problem.ts';
import { datasetId, instant, seriesName } from '../schemas.ts';

/** Far more than any point or record has had. */
const MOST_VERSIONS = 1_000;

const querystring = z.strictObject({
  dataset: datasetId,
  series: z.array(seriesName).length(1).optional().describe('of points: one series, as published'),
  at: instant.optional().describe('of points: start of the interval, with its offset'),
  key: recordKey.optional().describe('of records: the key of one'),
  ...pageParameters,
});

export function versionRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/versions',
    {
      schema: {
        tags: ['data'],
        summary: 'Every version of one point or record, oldest first',
        querystring,
        response: {
          200: { description: 'versions', content: inEveryFormat(versionsAnswer) },
          ...notModified,
          ...problems(406, 422),
        },
      },
    },
    async (request, reply) => {
      const { dataset, series, at, key } = request.query;
      const range = at === undefined ? {} : { from: at, to: behind(at) };
      const selected = await readSelection(deps, request, { dataset, series, key, ...range });
      refuseSeveral(selected, request.query);
      const selection: Selection = { ...selected, knowledge: { kind: 'versions' } };
      const paging = readPaging(request, request.query);
      const tableOfVersions = () => tableOf(selection);
      const expectedRows = MOST_VERSIONS;
      return await answerRows(deps, request, reply, {
        selection,
        tableOf: tableOfVersions,
        expectedRows,
        paging,
      });
    },
  );
}

/** The exclusive upper bound of a single point: one millisecond after its start. */
function behind(at: string): string {
  refuseOddYear('at', at);
  return new Date(Date.parse(at) + 1).toISOString();
}

/** @throws Problem 422 that names what is missing to identify a single point or record */
function refuseSeveral({ series, key, days }: Selection, query: z.output<typeof querystring>): void {
  const needed = days ? (['series', 'at'] as const) : (['key'] as const);
  const isThere = days ? series !== null : key !== null;
  if (isThere) return;
  const faults = needed
    .filter((name) => query[name] === undefined)
    .map((field) => ({ field, hint: 'write it: versions are those of one point or record' }));
  throw new Problem(422, faults.map(({ field, hint }) => `"${field}": ${hint}`).join('; '), { faults });
}
