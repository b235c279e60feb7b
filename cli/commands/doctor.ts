/** `tidemark doctor`: checks that everything is reachable, migrated and scheduled, and says what to do where it is not. */
import type { Command } from 'commander';
import { loadScripts } from '../../datasets/catalog.ts';
import { CLOCK_TOLERANCE_MS, smallestDifference } from '../../db/connection/database-clock.ts';
import { missingScripts } from '../../db/migration/dataset-scripts.ts';
import { missingMigrations } from '../../db/migration/migrate.ts';
import { settledAheadSeconds } from '../../db/queries/answers/changes.ts';
import { enabledIds } from '../../db/queries/catalog/enabling.ts';
import { datasetOverviews, serverFacts } from '../../db/queries/catalog/overview.ts';
import { runningProcesses } from '../../db/queries/operation/processes.ts';
import { clocksSetBack } from '../../db/queries/operation/quota.ts';
import { describeEnabled } from '../../domain/dataset/enabling.ts';
import { missingCredential } from '../../domain/dataset/settings.ts';
import { describeAhead } from '../../domain/time/clock-words.ts';
import { notifyHealth } from '../../notify/health.ts';
import { failingSteps } from '../../temporal/failing-steps.ts';
import { missingSearchAttributes } from '../../temporal/search-attributes.ts';
import { pollingWorkers } from '../../temporal/workers.ts';
import type { CliContext, Run } from '../context.ts';
import { messageOf } from '../describe.ts';
import { assertOneCatalogue, checkFiles, checkPayloads, checkSchedules } from '../doctor-checks.ts';
import { instant } from '../table.ts';

export function doctorCommand(command: Command, run: Run): void {
  command
    .option('--json', 'print JSON')
    .action((options: { json?: true }) => run(options.json, (context) => doctor(context)));
}

interface Checkup {
  readonly name: string;
  readonly fine: boolean;
  readonly message: string;
}

const WORRYING_FAILURES = 3;

/** Generous: a late result is better than a false alarm. */
const SOURCE_PATIENCE_MS = 15_000;

async function doctor(context: CliContext): Promise<number> {
  const checks: readonly [string, (context: CliContext) => Promise<string>][] = [
    ['database', checkDatabase],
    ['schema', checkSchema],
    ['datasets', checkDatasets],
    ['temporal', checkTemporal],
    ['search attributes', checkSearchAttributes],
    ['workers', checkWorkers],
    ['waiting', checkWaiting],
    ['schedules', checkSchedules],
    ['sources', checkSources],
    ['payloads', checkPayloads],
    ['files', checkFiles],
    ['notifications', checkNotifications],
  ];
  const checkups = await Promise.all(checks.map(([name, check]) => examine(name, () => check(context))));
  context.print(checkups, () =>
    checkups.map(({ name, fine, message }) => `${fine ? 'ok  ' : 'FAIL'} ${name}: ${message}`).join('\n'),
  );
  return checkups.every(({ fine }) => fine) ? 0 : 1;
}

async function examine(name: string, check: () => Promise<string>): Promise<Checkup> {
  try {
    return { name, fine: true, message: await check() };
  } catch (error) {
    return { name, fine: false, message: messageOf(error) };
  }
}

async function checkNotifications(context: CliContext): Promise<string> {
  const { faults, receivers, waiting } = await notifyHealth(context.database());
  if (faults.length > 0) throw new Error(faults.join('; '));
  if (receivers === 0) return 'nobody is notified; "npx tidemark notify add" adds a receiver';
  return `${receivers} receivers, ${waiting} messages wait`;
}

async function checkDatabase(context: CliContext): Promise<string> {
  const requestedMs = performance.now();
  const { version, timescaledb, licence, now, user, readOnly } = await serverFacts(context.database());
  const aheadMs = smallestDifference(Date.now() - now.getTime(), performance.now() - requestedMs);
  if (!timescaledb) throw new Error('TimescaleDB is not installed in this database; run "npm run migrate"');
  if (readOnly) throw new Error('it may only be read; days wait until it can be written to again');
  const faults = await clockFaults(context, aheadMs);
  if (faults.length > 0) throw new Error(faults.join('; '));
  const edition = licence === 'timescale' ? 'Community' : 'Apache';
  return `PostgreSQL ${version}, TimescaleDB ${timescaledb} (${edition} edition), acting as ${user}`;
}

/** @param aheadMs how far this machine's clock is ahead of the database's. */
async function clockFaults(context: CliContext, aheadMs: number): Promise<string[]> {
  const own =
    Math.abs(aheadMs) > CLOCK_TOLERANCE_MS
      ? [
          `its clock differs from this machine's by ${Math.round(Math.abs(aheadMs) / 1000)} s; synchronise both clocks`,
        ]
      : [];
  if ((await missingMigrations(context.database())).length > 0) return own;
  const processes = await runningProcesses(context.database());
  const off = processes
    .map((each) => ({ ...each, aheadMs: each.clockAheadSeconds * 1_000 }))
    .filter((each) => Math.abs(each.aheadMs) > CLOCK_TOLERANCE_MS)
    .map(
      ({ kind, host, pid, ...clock }) =>
        `the clock of ${kind} ${pid} on ${host} is ${describeAhead(clock.aheadMs)}; synchronise both clocks`,
    );
  const setBack = (await clocksSetBack(context.database())).map(
    ({ host, at, seconds }) =>
      `its clock was set back by ${seconds.toFixed(1)} s or more at ${instant(at)}, and the quota of ${host} was moved along; look at what keeps it in time`,
  );
  return [...own, ...off, ...setBack, ...(await settledAhead(context))];
}

/** After the clock was set back, each known_at is 1 ms after the previous one until the clock has caught up. */
async function settledAhead(context: CliContext): Promise<string[]> {
  const ahead = await settledAheadSeconds(context.database());
  if (ahead * 1_000 <= CLOCK_TOLERANCE_MS) return [];
  return [
    `its clock was set back: what becomes known is dated ${ahead.toFixed(1)} s ahead of it, and "as of now" leaves it out until then; look at what keeps the clock in time`,
  ];
}

async function checkSchema(context: CliContext): Promise<string> {
  const missing = await missingMigrations(context.database());
  if (missing.length > 0) throw new Error(`lacks ${missing.join(', ')}; run "npm run migrate"`);
  return 'all migrations applied';
}

async function checkDatasets(context: CliContext): Promise<string> {
  const registered = new Set((await datasetOverviews(context.database())).map(({ dataset }) => dataset));
  const missing = context.catalog.all.filter(({ id }) => !registered.has(id)).map(({ id }) => id);
  if (missing.length > 0) throw new Error(`${missing.join(', ')} not registered; run "npm run migrate"`);
  const scripts = await missingScripts(context.database(), await loadScripts(context.datasetPlaces));
  if (scripts.length > 0)
    throw new Error(`the SQL of ${scripts.join(', ')} not applied; run "npm run migrate"`);
  await assertOneCatalogue(context);
  return describeEnabled(await enabledIds(context.database()), context.catalog.all.length);
}

async function checkTemporal(context: CliContext): Promise<string> {
  const { client, namespace } = await context.temporal();
  const { serverVersion } = await client.workflowService.getSystemInfo({});
  await client.workflowService.describeNamespace({ namespace });
  return `server ${serverVersion}, namespace ${namespace}, Web UI ${context.config.temporalUiUrl}`;
}

async function checkSearchAttributes(context: CliContext): Promise<string> {
  const missing = await missingSearchAttributes(await context.temporal());
  if (missing.length > 0) throw new Error(`${missing.join(', ')} not registered; run "npm run migrate"`);
  return 'all registered';
}

async function checkWorkers(context: CliContext): Promise<string> {
  const workers = await pollingWorkers(await context.temporal());
  if (workers.length === 0)
    throw new Error('nobody works on the task queue; start one with "npm run worker"');
  if ((await notedWorkers(context)) === 0)
    throw new Error(
      `none has been seen in the database for a minute; Temporal still lists ${workers.join(', ')}; start one with "npm run worker"`,
    );
  return `${workers.length} at work (${workers.join(', ')})`;
}

/** Workers by the database, because Temporal lists a worker for minutes after its end. Undefined while the database is away. */
async function notedWorkers(context: CliContext): Promise<number | undefined> {
  const processes = await runningProcesses(context.database()).catch(() => undefined);
  return processes?.filter(({ kind }) => kind === 'worker').length;
}

/** A step that has failed several times may need a person. */
async function checkWaiting(context: CliContext): Promise<string> {
  const steps = (await failingSteps(await context.temporal())).filter(
    ({ failures }) => failures >= WORRYING_FAILURES,
  );
  const [first] = steps;
  if (!first) return 'no run is held up';
  const { workflowId, activity, failures, reason } = first;
  const others = steps.length > 1 ? ` and ${steps.length - 1} more` : '';
  throw new Error(`${workflowId} (${activity} failed ${failures} times)${others}: ${reason}`);
}

/** Any HTTP answer counts as reachable. Sources of dormant datasets, and those without their key, are skipped: they are not polled either. */
async function checkSources(context: CliContext): Promise<string> {
  const { baseUrls, sourceSettings } = context.config;
  // Without the database nobody knows which are enabled: then all are asked.
  const enabled = await enabledIds(context.database()).catch(() => undefined);
  const wanted = new Set(
    context.catalog.all.filter(({ id }) => enabled?.has(id) ?? true).map((dataset) => dataset.source.id),
  );
  const answers = await Promise.all(
    [...baseUrls].map(async ([source, url]) => {
      if (!wanted.has(source)) return [];
      const facts = context.catalog.sources.find(({ id }) => id === source);
      const missing = facts && missingCredential(facts, sourceSettings.get(source) ?? {});
      if (missing) return [`${source} not requested until ${missing} is set`];
      const answer = await fetch(url, {
        signal: AbortSignal.timeout(SOURCE_PATIENCE_MS),
        redirect: 'manual',
      }).catch((error: Error) => {
        const { message } = (error.cause ?? error) as Error;
        throw new Error(`${source} does not answer at ${url} (${message}); polling goes on trying`);
      });
      return [`${source} at ${url}${answer.headers.has('x-tidemark-simulator') ? ' (simulator)' : ''}`];
    }),
  );
  return answers.flat().join(', ') || 'no enabled dataset is requested from one';
}
