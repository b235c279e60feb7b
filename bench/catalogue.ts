/**
 * `npm run bench:catalogue`: catalogue, page, API and command with all bundled datasets and five thousand series against four
 * datasets with five hundred, alternately in one run, as medians and their ratios. A server of its own, a database for each.
 */
import { Readable, Writable } from 'node:stream';
import { buildApi } from '../api/app.ts';
import { openApiDatabase } from '../api/database.ts';
import { runTidemark } from '../cli/run.ts';
import { datasetPlaces } from '../config-datasets.ts';
import { type Catalog, catalogOf, loadCatalog } from '../datasets/catalog.ts';
import { storageOf } from '../db/migration/storage.ts';
import { isOfPoints } from '../domain/dataset/dataset.ts';
import { addDays } from '../domain/time/civil-day.ts';
import { ROOT } from '../installation.ts';
import { ALONE } from '../test/support/alone.ts';
import { openServer, runAll } from './api-database.ts';
import { median } from './median.ts';

const ROUNDS = 25;
const DATASET = 'jao-core.max-exchanges';
const FEW = [DATASET, 'jao-core.net-positions', 'jao-core.atc', 'jao-nordic.max-exchanges'];
const SERIES = 5_000;
const DAY = new Date().toISOString().slice(0, 10);
const LEDGER_DAYS = 400;

interface System {
  readonly name: string;
  readonly url: string;
  readonly catalog: Catalog;
  get(path: string): Promise<unknown>;
  close(): Promise<void>;
}

const all = await loadCatalog(datasetPlaces());
const points = all.all.filter(isOfPoints).length;
const each = Math.ceil(SERIES / points);
const server = await openServer();
const few = await openSystem('few', catalogOf(all.datasets.filter(({ id }) => FEW.includes(id))));
const many = await openSystem('many', all);
console.log(
  `${few.catalog.all.length} datasets, ${FEW.length * each} series | ${all.all.length}, ${points * each}`,
);
const month = `from=${addDays(DAY, -33)}&to=${DAY}`;
const questions: Readonly<Record<string, (system: System) => Promise<unknown>>> = {
  'the catalogue': ({ get }) => get('/v1/datasets'),
  'the catalogue, searched': ({ get }) => get('/v1/datasets?search=max'),
  'a dataset': ({ get }) => get(`/v1/datasets/${DATASET}`),
  'its series': ({ get }) => get(`/v1/datasets/${DATASET}/series`),
  'its days': ({ get }) => get(`/v1/datasets/${DATASET}/days?${month}`),
  'the story of a day': ({ get }) => get(`/v1/datasets/${DATASET}/days/${DAY}`),
  'a series, a day': ({ get }) => get(`/v1/data?dataset=${DATASET}&series=s7&from=${DAY}&to=${DAY}`),
  'the change feed': ({ get }) => get('/v1/changes?limit=100'),
  metrics: ({ get }) => get('/metrics'),
  'the first page': overview,
  'tidemark days': (system) => command(system, 'days', DATASET),
  'tidemark query': (system) =>
    command(system, 'query', DATASET, '--series', 's7', '--from', `${DAY}T00:00Z`, '--to', `${DAY}T12:00Z`),
};
for (const [name, ask] of Object.entries(questions)) await compare(name, ask);
await few.close();
await many.close();
await server.stop();

async function openSystem(name: string, catalog: Catalog): Promise<System> {
  const url = await server.make(`tidemark_${name}`, catalog.all);
  await runAll(url, statementsOf(catalog));
  const database = openApiDatabase({
    url,
    application: 'bench',
    maxConnections: 10,
    readerPatienceMs: 30_000,
  });
  const api = await buildApi({
    ...{ database, catalog, access: 'open', corsOrigins: [], requestsPerMinute: 1e9, hosts: [] },
    temporal: () => Promise.reject(new Error('nothing of this asks Temporal')),
    workflowLink: (id) => id,
    limits: { exportsAtOnce: 10, readerPatienceMs: 30_000, answerMs: 300_000 },
    now: () => new Date(),
  });
  await api.ready();
  return {
    ...{ name, url, catalog },
    async get(path) {
      const { statusCode, payload } = await api.inject({ method: 'GET', url: path });
      if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}: ${payload}`);
      return payload.startsWith('{') ? JSON.parse(payload) : payload;
    },
    async close() {
      await api.close();
      await database.end();
    },
  };
}

/** Series, days of the ledger and the values of one day of every dataset of points. */
function statementsOf({ all: datasets }: Catalog): string[] {
  const made = datasets.filter(isOfPoints).flatMap(({ id }) => [
    `insert into ops.payload (dataset, day, fetched_at, last_seen_at, sha256, url, status, headers, size_bytes, encoding, bytes)
     values ('${id}', '${DAY}', now(), now(), '', '', 200, '{}', 0, 'identity', '')`,
    `insert into ops.series (dataset, series, first_payload_id) select '${id}', 's' || n, 1 from generate_series(1, ${each}) n`,
    `insert into ops.delivery_day (dataset, day, state, expected_points, present_points)
     select '${id}', date '${DAY}' - n, 'complete', ${24 * each}, ${24 * each} from generate_series(0, ${LEDGER_DAYS}) n`,
    `insert into ops.change (dataset, day, payload_id, kind, new_points, revised_points, nulled_points, known_at)
     select dataset, day, id, 'published', 1, 0, 0, now() from ops.payload where dataset = '${id}'`,
    `insert into ${storageOf(id).current} (starts_at, value, change_id, series_id, delivery_day)
     select timestamptz '${DAY}T00:00Z' + n * interval '1 hour', n, c.id, s.id, date '${DAY}'
     from ops.series s join ops.change c using (dataset) cross join generate_series(0, 23) n where s.dataset = '${id}'`,
  ]);
  return [...made, 'vacuum analyze'];
}

/** What the first page asks for. */
async function overview({ get }: System): Promise<void> {
  await Promise.all([get('/v1/datasets'), get('/v1/notifications'), get('/v1/days?days=34')]);
}

/** In this process, so that modules are loaded once. */
async function command({ url }: System, ...args: string[]): Promise<void> {
  const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  const code = await runTidemark(args, {
    env: { ...ALONE, DATABASE_URL: url },
    ...{ folder: ROOT, stdin: Readable.from([]), stdout: nowhere(), stderr: nowhere() },
  });
  if (code !== 0) throw new Error(`tidemark ${args.join(' ')} ended with ${code}`);
}

async function compare(name: string, ask: (system: System) => Promise<unknown>): Promise<void> {
  const ms = new Map<System, number[]>([
    [few, []],
    [many, []],
  ]);
  for (let round = -3; round < ROUNDS; round++)
    for (const [system, times] of ms) {
      const began = performance.now();
      await ask(system);
      if (round >= 0) times.push(performance.now() - began);
    }
  const [one = 0, other = 0] = [...ms.values()].map(median);
  console.log(
    `${name.padEnd(24)} ${one.toFixed(1)} ms | ${other.toFixed(1)} ms | ${(other / one).toFixed(2)} ×`,
  );
}
