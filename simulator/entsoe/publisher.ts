// The ENTSO-E platform's answers at /api. Every request is counted and logged, without its token.
import type { Answer } from '../answer.ts';
import type { SimulatorClock } from '../business-day.ts';
import { answerData, type DataAnswer } from '../data-endpoint.ts';
import type { FaultSet } from '../fault-set.ts';
import { InputError } from '../input.ts';
import type { Publisher } from '../publisher.ts';
import type { RequestLog } from '../request-log.ts';
import { utcText } from '../rows.ts';
import type { Window } from '../window.ts';
import { dataFor } from './data.ts';
import { acknowledgement, entsoeForms } from './forms.ts';
import { createAccess, isLonger, type Parameters, Refused, readParameters } from './query.ts';
import type { Recording } from './recorded.ts';
import { type EntsoeSettings, outageAt } from './settings.ts';
import type { Generated } from './tables.ts';
import { type Wanted, wantedBy } from './wanted.ts';

/** What the platform answers from. */
export interface EntsoeContext {
  readonly generated: Generated;
  /** Recorded answers instead of generated ones; undefined where there is no recording. */
  readonly recordings: readonly Recording[] | undefined;
  readonly settings: () => EntsoeSettings;
  readonly clock: SimulatorClock;
  readonly faults: FaultSet;
  readonly requests: RequestLog;
  readonly wallMs: () => number;
  readonly monotonicMs: () => number;
  /** How often a window of a table was requested before. */
  readonly attempt: (table: string, window: Window) => number;
}

/** Paths with this end belong to the platform. */
export const ENTSOE_PATH = /(^|\/)api\/?$/;

/** The platform with one count of requests for each token. */
export function createEntsoe(context: EntsoeContext): Publisher {
  const access = createAccess(context.settings);
  let answers = 0;
  return (method, path, query) => {
    const [monotonicMs, nowMs] = [context.monotonicMs(), context.clock.nowMs()];
    const parameters = readLoosely(query);
    const away = outageAt(context.settings(), nowMs);
    const refused = away
      ? entsoeForms(nowMs).status(away)
      : access(parameters.securityToken, monotonicMs, nowMs);
    answers += 1;
    const answered = refused
      ? plain(refused)
      : answerQuery(context, { method, query, nowMs, number: answers });
    const entry = logged({ method, path, parameters, nowMs }, answered, context.wallMs());
    context.requests.record({ ...entry, throttled: answered.answer.status === 429 }, monotonicMs);
    return answered.answer;
  };
}

interface Call {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly nowMs: number;
  /** The number of the answer since the start: no two documents share an id. */
  readonly number: number;
}

function answerQuery(context: EntsoeContext, { method, query, nowMs, number }: Call): DataAnswer {
  if (method !== 'GET') return plain({ ...entsoeForms(nowMs).status(405), headers: { allow: 'GET' } });
  try {
    const wanted = wantedBy(readParameters(query));
    const { table, window } = wanted;
    return answerData({
      ...{ table, window, faults: context.faults, attempt: context.attempt(table, window) },
      forms: entsoeForms(nowMs, wanted),
      tooWide: (period) => tooLong(context.settings(), wanted, period, nowMs),
      dataOf: (period, take) => dataFor(context, { ...wanted, window: period }, { nowMs, number, take }),
    });
  } catch (error) {
    if (error instanceof Refused) return plain(acknowledgement(400, error.message, nowMs));
    throw error;
  }
}

function tooLong(
  { limits }: EntsoeSettings,
  wanted: Wanted,
  window: Window,
  nowMs: number,
): Answer | undefined {
  const limit = limits[wanted.documentType];
  if (limit === undefined || !isLonger(window, limit)) return undefined;
  const interval = `${utcText(window.fromMs)} - ${utcText(window.toMs)}`;
  const text = `Provided time interval (${interval}) is larger than maximum allowed period '${limit}' for '${wanted.item}' export.`;
  return acknowledgement(400, text, nowMs);
}

/** Parameters for the log and the token, even of an invalid request. */
function readLoosely(query: URLSearchParams): Parameters {
  const named = [...query].map(([name, value]) => [
    name.toLowerCase() === 'securitytoken' ? 'securityToken' : name,
    value,
  ]);
  return Object.fromEntries(named);
}

function plain(answer: Answer): DataAnswer {
  return { answer, faults: [] };
}

function logged(
  {
    method,
    path,
    parameters,
    nowMs,
  }: { method: string; path: string; parameters: Parameters; nowMs: number },
  { answer, faults }: DataAnswer,
  wallMs: number,
) {
  const { securityToken: _, ...shown } = parameters;
  return {
    time: new Date(wallMs).toISOString(),
    clock: new Date(nowMs).toISOString(),
    ...{ method, path, window: windowOf(parameters), parameters: shown },
    status: answer.delivery.ending === 'reset' ? 0 : answer.status,
    faults,
  };
}

function windowOf(parameters: Parameters): { from: string; to: string } | null {
  try {
    const { window } = wantedBy(parameters);
    return { from: utcText(window.fromMs), to: utcText(window.toMs) };
  } catch (error) {
    if (error instanceof Refused || error instanceof InputError) return null;
    throw error;
  }
}
