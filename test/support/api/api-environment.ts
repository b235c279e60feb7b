/** A test environment with the HTTP API over it. Requests are injected: the whole of the application, without a port. */
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { buildApi } from '../../../api/app.ts';
import { openApiDatabase } from '../../../api/database.ts';
import type { Api, ApiDependencies, ReadingLimits } from '../../../api/dependencies.ts';
import type { Database } from '../../../db/connection/client.ts';
import { startBackfill } from '../../../temporal/backfills.ts';
import {
  DATASET,
  openTestEnvironment,
  type TestEnvironment,
  type TestEnvironmentOptions,
} from '../test-environment.ts';

export interface ApiEnvironment extends TestEnvironment {
  readonly api: Api;
  readonly deps: ApiDependencies;
  /** GET; the JSON of the answer with its status. */
  get(url: string, options?: Omit<InjectOptions, 'url'>): Promise<Answer>;
  /** Loads days through a real worker. */
  load(from: string, to: string): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: LightMyRequestResponse['headers'];
  readonly text: string;
  readonly raw: Buffer;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers by hand; their schemas are checked elsewhere
  readonly json: any;
}

export async function openApiEnvironment(
  options: TestEnvironmentOptions = {},
  overrides: Partial<ApiDependencies> = {},
): Promise<ApiEnvironment> {
  const testEnv = await openTestEnvironment(options);
  const database = openTestApiDatabase(testEnv.databaseUrl);
  const deps: ApiDependencies = {
    database,
    catalog: testEnv.catalog,
    temporal: async () => testEnv.temporal,
    workflowLink: (workflowId, runId) => `http://ui.test/${workflowId}${runId ? `/${runId}` : ''}`,
    ...OPEN_API,
    ...overrides,
  };
  const api = await buildApi(deps);
  await api.ready();
  return {
    ...testEnv,
    ...{ api, deps },
    get: async (url, more = {}) => answerOf(await api.inject({ method: 'GET', url, ...more })),
    load: async (from, to) => {
      await (await startBackfill(testEnv.temporal, { dataset: DATASET, from, to })).result();
    },
    close: async () => {
      await api.close();
      await database.end();
      await testEnv.close();
    },
  };
}

/** Those of a server, but for exports: tests make many at once. */
export const LIMITS: ReadingLimits = { exportsAtOnce: 100, readerPatienceMs: 30_000, answerMs: 300_000 };

/** What an API of a test has that is open to anybody and limits nobody. */
export const OPEN_API = {
  access: 'open',
  corsOrigins: [],
  requestsPerMinute: 1_000_000,
  hosts: [],
  limits: LIMITS,
  now: () => new Date(),
} satisfies Partial<ApiDependencies>;

/** As the API opens it. */
export function openTestApiDatabase(url: string): Database {
  const { readerPatienceMs } = LIMITS;
  return openApiDatabase({ url, application: 'test api', maxConnections: 10, readerPatienceMs });
}

export function answerOf({ statusCode, headers, payload, rawPayload }: LightMyRequestResponse): Answer {
  const isJson =
    /json/.test(String(headers['content-type'])) && !/ndjson/.test(String(headers['content-type']));
  return {
    ...{ status: statusCode, headers, text: payload, raw: rawPayload },
    json: isJson && payload !== '' ? JSON.parse(payload) : undefined,
  };
}
