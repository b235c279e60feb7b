/** The API's own metrics, in the Prometheus text format. */
import { createRequire } from 'node:module';
import type { FastifyRequest } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Database } from '../../db/connection/client.ts';
import type { Api } from '../dependencies.ts';

const { version: packageVersion } = createRequire(import.meta.url)('../../package.json') as {
  version: string;
};
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Completed requests, event loop and memory of this process, and its connections to the database. */
export function measureApi(api: Api, database: Database): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const labelNames = ['method', 'route', 'status'] as const;
  const registers = [registry];
  const requests = new Counter({
    name: 'tidemark_api_requests_total',
    help: 'Answered requests.',
    labelNames,
    registers,
  });
  const seconds = new Histogram({
    ...{ name: 'tidemark_api_request_duration_seconds', help: 'Time until the answer was sent whole.' },
    ...{ labelNames, registers, buckets: SECONDS },
  });
  api.addHook('onResponse', async (request, { statusCode, elapsedTime }) => {
    const labels = { method: methodOf(request), route: routeOf(request), status: String(statusCode) };
    requests.inc(labels);
    seconds.observe(labels, elapsedTime / 1_000);
  });
  new Gauge({
    name: 'tidemark_api_database_connections',
    help: 'Connections to the database, busy and idle.',
    labelNames: ['state'],
    registers,
    collect() {
      this.set({ state: 'busy' }, database.totalCount - database.idleCount);
      this.set({ state: 'idle' }, database.idleCount);
    },
  });
  new Gauge({
    name: 'tidemark_api_database_waiting_requests',
    help: 'Requests that wait for a connection to the database.',
    registers,
    collect() {
      this.set(database.waitingCount);
    },
  });
  new Gauge({
    ...{
      name: 'tidemark_build_info',
      help: 'What runs; always 1.',
      labelNames: ['version', 'node'],
      registers,
    },
  }).set({ version: packageVersion, node: process.version }, 1);
  return registry;
}

/** The route's pattern, never the path: random paths would create an unbounded number of series. */
function routeOf({ routeOptions }: FastifyRequest): string {
  return routeOptions.url ?? 'none';
}

function methodOf({ method, routeOptions }: FastifyRequest): string {
  return routeOptions.url === undefined ? 'other' : method;
}
