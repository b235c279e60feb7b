/** What an answer for a gate says about itself, in the API and the command: it never looks like a full history when it is not. */

import { isOfRecords } from '../../domain/dataset/dataset.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import type { Sql } from '../connection/client.ts';
import { type GateDay, type GateDays, gateDays } from '../queries/answers/knowledge.ts';
import { unitsAsked } from './cover/units-asked.ts';
import type { Question } from './question.ts';

/** Instants are ISO 8601 in UTC. */
export interface GateMeta {
  readonly days_asked: number;
  /** Days of which something was recorded by their gate. */
  readonly days_known: number;
  /** Days whose gate lies ahead of the instant asked: their values may still change. */
  readonly days_provisional: number;
  readonly recorded_since: string | null;
  readonly gate_days: readonly {
    readonly day: CivilDay;
    readonly gate_at: string;
    readonly reached: boolean;
    readonly recorded: boolean;
  }[];
}

/** @param asOf the instant asked; null: the newest settled one. Undefined where no gate was asked for. */
export async function readGateDays(
  sql: Sql,
  question: Pick<Question, 'dataset' | 'from' | 'to' | 'days' | 'gate' | 'asOf'>,
): Promise<GateDays | undefined> {
  const { dataset, gate, asOf } = question;
  if (gate === undefined) return undefined;
  const every = isOfRecords(dataset) ? dataset.period : 'day';
  return await gateDays(sql, { dataset: dataset.id, gate, ...unitsAsked(question), every, at: asOf });
}

export function gateMeta({ recordedSince, days }: GateDays): GateMeta {
  return {
    days_asked: days.length,
    days_known: days.filter(({ recorded }) => recorded).length,
    days_provisional: days.filter(({ reached }) => !reached).length,
    recorded_since: recordedSince?.toISOString() ?? null,
    gate_days: days.map(({ day, gateAt, reached, recorded }) => ({
      ...{ day, gate_at: gateAt.toISOString(), reached, recorded },
    })),
  };
}

/** Adjacent days of which the same is so. */
interface GateRun extends Pick<GateDay, 'reached' | 'recorded'> {
  readonly first: GateMeta['gate_days'][number];
  last: GateMeta['gate_days'][number];
}

function runsOf({ gate_days }: GateMeta): GateRun[] {
  const runs: GateRun[] = [];
  for (const day of gate_days) {
    const run = runs.at(-1);
    if (run && run.reached === day.reached && run.recorded === day.recorded) run.last = day;
    else runs.push({ first: day, last: day, reached: day.reached, recorded: day.recorded });
  }
  return runs;
}

/** A header must stay short: of more runs, `format=json` has every day. */
const MOST_RUNS = 30;

/** For formats without room for meta data: totals, and the days in runs. */
export function gateHeaders(gate: string, meta: GateMeta): Record<string, string> {
  const { days_asked, days_known, days_provisional, recorded_since } = meta;
  const runs = runsOf(meta);
  const shown = runs.slice(0, MOST_RUNS).map(({ first, last, reached, recorded }) => {
    const days = spanOf(first.day, last.day, '/');
    const gates = spanOf(first.gate_at, last.gate_at, '/');
    return `${days}; gate-at=${gates}; reached=${reached}; recorded=${recorded}`;
  });
  const more = runs.length > MOST_RUNS ? [`and ${runs.length - MOST_RUNS} more: format=json has them`] : [];
  return {
    'tidemark-gate':
      `${gate}; days-asked=${days_asked}; days-known=${days_known}; days-provisional=${days_provisional}; ` +
      `recorded-since=${recorded_since ?? 'never'}`,
    'tidemark-gate-days': [...shown, ...more].join(', '),
  };
}

/** The same in sentences, one per line: totals first, then each run of days that is not settled history. */
export function gateLines(gate: string, meta: GateMeta): string[] {
  const { days_asked, days_known, recorded_since } = meta;
  const since = recorded_since === null ? 'nothing was recorded yet' : `recorded since ${recorded_since}`;
  const runs = runsOf(meta);
  const lines = runs.filter(({ reached, recorded }) => !reached || !recorded).map(lineOf);
  const more =
    lines.length > MOST_RUNS
      ? [`  and ${lines.length - MOST_RUNS} more; --format parquet has every day`]
      : [];
  return [
    `gate ${gate}: ${days_known} of ${days_asked} ${days_asked === 1 ? 'day was' : 'days were'} recorded by their gate; ${since}`,
    ...lines.slice(0, MOST_RUNS),
    ...more,
  ];
}

function lineOf({ first, last, reached, recorded }: GateRun): string {
  const gates = spanOf(first.gate_at, last.gate_at, ' to ');
  const days = `  ${spanOf(first.day, last.day, ' to ')}`;
  if (reached) return `${days}: not recorded by its gate (${gates})`;
  return `${days}: provisional, its gate lies ahead (${gates})${recorded ? '' : '; nothing is recorded yet'}`;
}

const spanOf = (first: string, last: string, between: string) =>
  first === last ? first : `${first}${between}${last}`;
