/** A database of its own for each test file: a clone of a template that the run has made once. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { datasetPlaces } from '../../config/datasets.ts';
import { loadCatalog } from '../../datasets/catalog.ts';
import { type Database, openDatabase } from '../../db/connection/client.ts';
import type { Dataset } from '../../domain/dataset/dataset.ts';
import { registerDatasets } from './register-datasets.ts';

export interface TestDatabase {
  readonly url: string;
  /** Acts as the writer, like a worker. */
  readonly database: Database;
  drop(): Promise<void>;
}

/**
 * Does something, and makes what it brings known since its bytes came, or since it was decided: histories that take days, told in
 * a moment. What a test asks of the past is then asked by instants that it chose.
 */
export async function datedBack<T>(
  { url, database }: Pick<TestDatabase, 'url' | 'database'>,
  work: () => Promise<T>,
): Promise<T> {
  const { rows } = await database.query<{ cursor: number }>('select cursor from ops.clock');
  const done = await work();
  await asSuperuser(
    url,
    `update ops.change c
     set known_at = coalesce((select d.decided_at from ops.decision d where d.change_id = c.id limit 1), p.fetched_at)
     from ops.payload p where p.id = c.payload_id and c.cursor > ${rows[0]?.cursor}`,
  );
  return done;
}

/**
 * Clones a template: that of all datasets where it is for all of them as they are (0.1 s), else the one without any, whereupon it
 * registers datasets and applies the SQL that bundled ones of them have of their own.
 * @param enabled which of them are enabled; left out, all
 */
export async function createTestDatabase(
  datasets: readonly Dataset[],
  enabled?: (id: string) => boolean,
): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const { all } = await loadCatalog(datasetPlaces());
  const isOfAll =
    !enabled && datasets.length === all.length && all.every((dataset) => datasets.includes(dataset));
  const template = inject(isOfAll ? 'templateOfAll' : 'templateDatabase');
  await admin(`create database ${name} template ${template} ${inject('cloning')}`);
  // A clone has the template's tables, but not its grants on the database itself.
  await admin(`grant create on database ${name} to tidemark_owner`);
  const url = urlOf(name);
  const database = openDatabase({
    url,
    role: 'tidemark_writer',
    application: 'tidemark test',
    maxConnections: 20,
    // Tests hold locks while others come to them, which takes as long as it takes.
    idleMs: 600_000,
  });
  // The template's was settled when it was made, which may be minutes ago: a feed that lags is an incident.
  await database.query('select ops.settle()');
  if (!isOfAll) await registerDatasets({ url, database }, datasets, undefined, enabled);
  return {
    url,
    database,
    async drop() {
      await database.end();
      await admin(`drop database ${name} with (force)`);
    },
  };
}

/** An empty database, not migrated. */
export async function createEmptyDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await admin(`create database ${name} template template0`);
  return { url: urlOf(name), drop: () => admin(`drop database ${name} with (force)`) };
}

/** As superuser, in a session that this process keeps: databases come and go often. */
async function admin(statement: string): Promise<void> {
  if (!administration) {
    administration = new pg.Pool({ connectionString: inject('adminUrl'), max: 1, allowExitOnIdle: true });
    // A server that ends closes idle sessions, which would be thrown without a listener.
    administration.on('error', () => {});
  }
  await administration.query(statement);
}
let administration: pg.Pool | undefined;

async function asSuperuser(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(inject('adminUrl'));
  url.pathname = `/${database}`;
  return url.href;
}
