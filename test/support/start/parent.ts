/**
 * A start in small: starts both servers from the options given as JSON, prints their process ids, stops them in good
 * order at SIGINT or SIGTERM. A process of its own, so that tests can kill it.
 */
import { type PostgresOptions, startPostgres } from '../../../scripts/start/postgres/postgres-server.ts';
import { startTemporal, type TemporalOptions } from '../../../scripts/start/temporal/temporal-server.ts';

/** The argument of this program. */
export interface ParentOptions {
  readonly postgres: Omit<PostgresOptions, 'report'>;
  readonly temporal: Omit<TemporalOptions, 'report'>;
}

const options = JSON.parse(process.argv[2] ?? '') as ParentOptions;
const stopRequest = new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
const report = (line: string): void => console.error(line);
const postgres = await startPostgres({ ...options.postgres, report });
const temporal = await startTemporal({ ...options.temporal, report });
console.log(JSON.stringify({ postgres: postgres.pid, temporal: temporal.pid }));
await stopRequest;
await temporal.stop();
await postgres.stop();
