/** Who you are to the API, who may use it, who reads what, and what operators did. */
import { z } from 'zod';
import { simulatedDatasets } from '../../db/queries/catalog/instance.ts';
import { listKeys } from '../../db/queries/operation/api-keys.ts';
import { listAudit } from '../../db/queries/operation/audit.ts';
import { readsOf } from '../../db/queries/operation/read-counts.ts';
import { KEY_ROLES, keyStatus } from '../../domain/api-key.ts';
import { nextPage } from '../data/paging.ts';
import { words } from '../days/operator-schemas.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems } from '../http/problem.ts';
import { LOGIN, visibleIds, visibleOfAnyKind } from '../limits/access.ts';
import { READS_KEPT_DAYS } from '../limits/read-counter.ts';
import { datasetId, stamp, wholeNumber, wire } from '../schemas.ts';

const me = z.object({
  name: z.string(),
  role: z.enum(['reader', 'operator', 'admin']),
  datasets: z.array(z.string()).nullable().describe('granted by name; null: every open one'),
  has_key: z.boolean(),
  signed_on: z.boolean().describe('by single sign-on'),
  sign_in: z.string().nullable().describe('where a person signs on; null: there is no single sign-on'),
  access: z.enum(['keys', 'open']).describe('open: reading needs no key, for use on one machine'),
  simulated: z.boolean().describe('some datasets are made by the bundled simulator, not by their publishers'),
  not_simulated: z
    .array(z.string())
    .describe('datasets that are not, though others are: uploaded, sent, or computed by a library'),
});

export function meRoutes(api: Api, deps: ApiDependencies): void {
  const { access, database, signOn } = deps;
  api.get(
    '/v1/me',
    {
      schema: {
        tags: ['access'],
        summary: 'Who you are to this API',
        querystring: z.strictObject({}),
        response: { 200: me, ...problems() },
      },
    },
    async (request) => {
      const { caller } = request;
      const simulated = await simulatedDatasets(database);
      const others = visibleIds(deps, request).filter((id) => !simulated.has(id));
      return {
        name: caller.name,
        role: caller.role,
        datasets: caller.datasets === null ? null : [...caller.datasets],
        has_key: caller.keyId !== null,
        signed_on: caller.id !== null && caller.keyId === null,
        sign_in: signOn ? LOGIN : null,
        access,
        simulated: simulated.size > 0,
        not_simulated: simulated.size > 0 ? others : [],
      };
    },
  );
}

const key = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(KEY_ROLES),
    datasets: z.array(z.string()).nullable().describe('null: every open one'),
    personal: z.boolean().describe('may see fields with personal data'),
    status: z.enum(['valid', 'expired', 'revoked']),
    created_at: stamp,
    created_by: z.string(),
    expires_at: stamp.nullable(),
    revoked_at: stamp.nullable(),
    revoked_by: z.string().nullable(),
    last_used_at: stamp.nullable().describe('to the minute'),
  })
  .meta({ id: 'Key' });
const keysAnswer = z.object({ data: z.array(key) });

export function keyRoutes(api: Api, { database, now }: ApiDependencies): void {
  api.get(
    '/v1/keys',
    {
      config: { access: 'admin' },
      schema: {
        tags: ['access'],
        summary: 'Keys, newest first; their secrets are not kept',
        querystring: z.strictObject({}),
        response: { 200: keysAnswer, ...problems(403) },
      },
    },
    async () => {
      const at = now();
      const keys = (await listKeys(database)).map((each) => ({ ...each, status: keyStatus(each, at) }));
      return wire({ data: keys }) as z.output<typeof keysAnswer>;
    },
  );
}

const readersAnswer = z
  .object({
    dataset: z.string(),
    days: z.int(),
    data: z.array(
      z.object({
        day: z.string().meta({ format: 'date' }).describe('of UTC'),
        key_id: z.string().nullable().describe('null: without a key; person:<subject>: by single sign-on'),
        name: z.string().describe('of the key; open: without a key'),
        reads: z.int().describe('answers with rows of the dataset, including 304 answers'),
      }),
    ),
  })
  .meta({ id: 'Readers' });

export function readerRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/datasets/:dataset/readers',
    {
      config: { access: 'operator' },
      schema: {
        tags: ['access'],
        summary: 'Who reads a dataset: reads by key and day, newest first',
        params: z.strictObject({ dataset: datasetId }),
        querystring: z.strictObject({
          days: wholeNumber(1, READS_KEPT_DAYS).default(30).describe('number of days up to today'),
        }),
        response: { 200: readersAnswer, ...problems(403) },
      },
    },
    async (request) => {
      const { id } = visibleOfAnyKind(deps, request, request.params.dataset);
      const { days } = request.query;
      // Includes what this process has counted but not written yet.
      await api.reads.write();
      const data = await readsOf(deps.database, id, days);
      return wire({ dataset: id, days, data }) as z.output<typeof readersAnswer>;
    },
  );
}

const entry = z
  .object({
    id: z.int(),
    at: stamp,
    key_id: z.string().nullable(),
    by: z.string().describe('name of the key'),
    action: z.string().describe('method and route'),
    dataset: z.string().nullable(),
    input: z.unknown().describe('parameters of the path and body'),
    reason: z.string().nullable(),
    status: z.int().describe('of the answer'),
    outcome: z.string().nullable(),
  })
  .meta({ id: 'AuditEntry' });
const auditAnswer = z.object({ data: z.array(entry), next: z.string().nullable() });

export function auditRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/audit',
    {
      config: { access: 'admin' },
      schema: {
        tags: ['access'],
        summary: 'Operator calls, newest first, refused ones too',
        querystring: z.strictObject({
          dataset: datasetId.optional(),
          key_id: words.max(100).optional(),
          after: wholeNumber(1, Number.MAX_SAFE_INTEGER)
            .optional()
            .describe('where the page before ended; stands in "next"'),
          limit: wholeNumber(1, 1_000).default(100),
        }),
        response: { 200: auditAnswer, ...problems(403) },
      },
    },
    async (request) => {
      const { dataset, key_id, after, limit } = request.query;
      const found = await listAudit(deps.database, {
        ...(dataset === undefined ? {} : { dataset: visibleOfAnyKind(deps, request, dataset).id }),
        ...(key_id === undefined ? {} : { keyId: key_id }),
        ...(after === undefined ? {} : { before: after }),
        // A caller who may see all datasets also sees calls for a dataset that does not exist.
        ...(request.caller.datasets === null ? {} : { datasets: visibleIds(deps, request) }),
        limit: limit + 1,
      });
      const page = found.slice(0, limit);
      const last = page.at(-1);
      const more = found.length > limit && last ? { after: String(last.id) } : null;
      const data = page.map(({ input, ...rest }) => ({ ...(wire(rest) as object), input }));
      return { data, next: nextPage(request.url, more) } as z.output<typeof auditAnswer>;
    },
  );
}
