/** Whether a process can do its work, part by part, with the reason where one cannot. For `/readyz` of workers and of the API. */
import type { Sql } from '../db/connection/client.ts';
import { lastPolls } from '../db/queries/notify/incidents.ts';
import { quotaFigures } from '../db/queries/operation/gauges.ts';
import { checkPolling, type Outside, type PollIntervals } from './incidents.ts';

export interface Part {
  readonly name: 'database' | 'temporal' | 'polling' | 'sources';
  readonly fine: boolean;
  /** Whether the process is not ready without it. */
  readonly needed: boolean;
  readonly message: string;
}

export interface Readiness {
  readonly ready: boolean;
  readonly parts: readonly Part[];
}

export interface ReadinessChecks {
  readonly database: Sql;
  /** Any request to Temporal; throws if it does not answer. */
  askTemporal(): Promise<unknown>;
  readonly intervals: PollIntervals;
  readonly outside: Pick<Outside, 'isPaused'>;
  /** Parts without which the process is not ready. */
  readonly needs: readonly Part['name'][];
}

/** A probe waits for some seconds only. */
const PATIENCE_MS = 3_000;

/** Probes all parts concurrently. */
export async function readinessOf(checks: ReadinessChecks): Promise<Readiness> {
  const { database, askTemporal, needs } = checks;
  const parts = await Promise.all([
    probe('database', () => database.query('select 1').then(() => 'answers')),
    probe('temporal', () => askTemporal().then(() => 'answers')),
    probe('polling', () => describePolling(checks)),
    probe('sources', () => describeSources(database)),
  ]);
  const checked = parts.map((part) => ({ ...part, needed: needs.includes(part.name) }));
  return { ready: checked.every(({ fine, needed }) => fine || !needed), parts: checked };
}

async function probe(name: Part['name'], work: () => Promise<string>): Promise<Omit<Part, 'needed'>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS / 1_000} s`)), PATIENCE_MS);
  });
  try {
    return { name, fine: true, message: await Promise.race([work(), late]) };
  } catch (error) {
    // Only the first line: further ones may quote an address.
    const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { name, fine: false, message };
  } finally {
    clearTimeout(timer);
  }
}

async function describePolling({ database, intervals, outside }: ReadinessChecks): Promise<string> {
  const polls = await lastPolls(database);
  if (polls.length === 0) return 'nothing has been polled yet';
  const { incidents } = await checkPolling(database, intervals, outside);
  // A single stalled dataset has its own incident; this is about polling as a whole.
  if (incidents.length === polls.length) throw new Error(incidents.map(({ detail }) => detail).join('; '));
  return `${polls.length} datasets, last at ${new Date(Math.max(...polls.map((each) => each.polledAt.getTime()))).toISOString()}`;
}

async function describeSources(database: Sql): Promise<string> {
  const banned = (await quotaFigures(database)).filter(({ bannedUntil }) => bannedUntil !== null);
  if (banned.length === 0) return 'none has told us to wait';
  throw new Error(
    banned
      .map(({ host, bannedUntil }) => `no requests to ${host} until ${bannedUntil?.toISOString()}`)
      .join('; '),
  );
}
