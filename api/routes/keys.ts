/** `GET /v1/keys`: who may use the API. Keys are made and revoked by the command `tidemark keys`. */
import { z } from 'zod';
import { listKeys } from '../../db/queries/operation/api-keys.ts';
import { KEY_ROLES, keyStatus } from '../../domain/api-key.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems } from '../http/problem.ts';
import { stamp, wire } from '../schemas.ts';

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
const answer = z.object({ data: z.array(key) });

export function keyRoutes(api: Api, { database, now }: ApiDependencies): void {
  api.get(
    '/v1/keys',
    {
      config: { access: 'admin' },
      schema: {
        tags: ['access'],
        summary: 'Keys, newest first; their secrets are not kept',
        querystring: z.strictObject({}),
        response: { 200: answer, ...problems(403) },
      },
    },
    async () => {
      const at = now();
      const keys = (await listKeys(database)).map((each) => ({ ...each, status: keyStatus(each, at) }));
      return wire({ data: keys }) as z.output<typeof answer>;
    },
  );
}
