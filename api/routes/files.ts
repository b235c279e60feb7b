/** `GET /v1/datasets/{dataset}/files`: files that a schedule has found, and the results of loading them. */
import { z } from 'zod';
import { foundFiles } from '../../db/queries/files/found-files.ts';
import { FILE_STATES, type FileState } from '../../domain/files/found-files.ts';
import { nextPage } from '../data/paging.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems } from '../http/problem.ts';
import { visibleOfAnyKind } from '../limits/access.ts';
import { datasetId, stamp, wholeNumber, wire } from '../schemas.ts';

const STATES = Object.keys(FILE_STATES) as [FileState, ...FileState[]];

const file = z
  .object({
    file: z.string().describe('path or address'),
    state: z.enum(STATES).describe(STATES.map((state) => `${state}: ${FILE_STATES[state]}`).join(' · ')),
    signature: z.string().describe('size, modification times and inode, or what its server reports'),
    same_since: stamp.describe('when it was first seen with this signature'),
    seen_at: stamp.describe('when it was last seen'),
    tried_at: stamp.nullable().describe('when it was last loaded, or failed to load; null: never'),
    result: z.string().nullable().describe('result of that attempt'),
    reason: z.string().nullable().describe('why it could not be loaded; null where it could'),
    link: z.string().nullable().describe('its load in the Temporal Web UI'),
  })
  .meta({ id: 'FoundFile' });

export function fileRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/datasets/:dataset/files',
    {
      schema: {
        tags: ['days'],
        summary: 'Files that a schedule has found, by name',
        params: z.strictObject({ dataset: datasetId }),
        querystring: z.strictObject({
          state: z.enum(STATES).optional().describe('only such'),
          after: z.string().max(4_000).optional().describe('where the page before ended; stands in "next"'),
          limit: wholeNumber(1, 1_000).default(200),
        }),
        response: {
          200: z.object({
            dataset: z.string(),
            data: z.array(file),
            next: z.string().nullable(),
          }),
          ...problems(403),
        },
      },
    },
    async (request) => {
      const dataset = visibleOfAnyKind(deps, request, request.params.dataset);
      const { limit, ...filter } = request.query;
      const found = await foundFiles(deps.database, dataset.id, { ...filter, limit: limit + 1 });
      const page = found.slice(0, limit);
      const data = page.map(({ workflowId, runId, ...rest }) => ({
        ...rest,
        link: workflowId && runId ? deps.workflowLink(workflowId, runId) : null,
      }));
      const last = page.at(-1);
      return {
        dataset: dataset.id,
        data: wire(data) as z.output<typeof file>[],
        next: nextPage(request.url, found.length > limit && last ? { after: last.file } : null),
      };
    },
  );
}
