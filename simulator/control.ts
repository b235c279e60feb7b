// The simulator's own paths under /_simulator/: show its state, set its clock, add faults, republish a number. JSON in and out. Control
// calls are neither counted nor limited. Invalid input is a 400 with a sentence.
import { type Answer, jsonValue } from './answer.ts';
import type { SimulatorClock } from './business-day.ts';
import { changedSettings, type EntsoeSettings } from './entsoe/settings.ts';
import type { FaultSet } from './fault-set.ts';
import { InputError, instantMs, integerBetween, wrong } from './input.ts';
import type { RequestLog } from './request-log.ts';
import type { RowSource } from './rows.ts';
import { OPTION_READERS, type QuotaSettings } from './simulation-options.ts';

/** Prefix of the control paths. */
export const CONTROL_PATH = '/_simulator/';

/** The control calls, for people. */
export const CONTROL_HELP = [
  'GET state: clock, seed, quota, counts, active faults',
  'POST clock {"now"?: ISO instant, "rate"?: simulated seconds per second}',
  'GET faults; POST faults {"name", "table"?, "day"?, "times"?, "share"?, ...parameters}; DELETE faults (?id= or ?name=)',
  'POST revise {"table"?, "day", "hour" or "starts_at", "border", "value"}',
  'GET entsoe: settings of the ENTSO-E part; POST entsoe {"token"?, "requests"?, "banMs"?, "curve"?, "limits"?, "instances"?, "documents"?, "offset"?, "zeros"?, "outages"?} changes them',
  'GET requests: counts and the last 1000; DELETE requests',
];

/** What can be shown and changed. */
export interface ControlContext {
  readonly seed: number;
  readonly source: RowSource;
  readonly clock: SimulatorClock;
  readonly faults: FaultSet;
  readonly requests: RequestLog;
  readonly quota: QuotaSettings;
  /** The settings in force for the ENTSO-E platform. */
  readonly entsoe: { settings: EntsoeSettings };
}

type Action = (context: ControlContext, body: Fields, query: URLSearchParams) => Answer;
type Fields = Readonly<Record<string, unknown>>;

const ACTIONS: Readonly<Record<string, Action>> = {
  'GET ': (context) => jsonValue(200, stateOf(context)),
  'GET state': (context) => jsonValue(200, stateOf(context)),
  'POST clock': setClock,
  'GET faults': ({ faults }) => jsonValue(200, { faults: faults.list() }),
  'POST faults': ({ faults }, body) => jsonValue(201, faults.addUnread(body)),
  'DELETE faults': clearFaults,
  'POST revise': ({ faults }, body) => jsonValue(201, faults.addUnread({ ...body, name: 'revise' })),
  'GET entsoe': ({ entsoe }) => jsonValue(200, shown(entsoe.settings)),
  'POST entsoe': ({ entsoe }, body) => {
    entsoe.settings = changedSettings(entsoe.settings, body);
    return jsonValue(200, shown(entsoe.settings));
  },
  'GET requests': ({ requests }) => jsonValue(200, { ...requests.counts(), requests: requests.latest() }),
  'DELETE requests': ({ requests }) => {
    requests.clear();
    return jsonValue(200, requests.counts());
  },
};

/** Answers a control call; `path` is the whole path and `body` the text that came with it. */
export function answerControl(
  context: ControlContext,
  { method, path, query, body }: { method: string; path: string; query: URLSearchParams; body: string },
): Answer {
  const name = path.slice(CONTROL_PATH.length).replace(/\/$/, '');
  const action = Object.hasOwn(ACTIONS, `${method} ${name}`) ? ACTIONS[`${method} ${name}`] : undefined;
  if (!action) return jsonValue(404, { error: `There is no ${method} ${path}.`, known: CONTROL_HELP });
  try {
    return action(context, method === 'POST' ? readFields(body) : {}, query);
  } catch (error) {
    if (error instanceof InputError) return jsonValue(400, { error: error.message, field: error.field });
    throw error;
  }
}

/** The token is not shown. */
function shown({ token: _, ...settings }: EntsoeSettings) {
  return settings;
}

function stateOf({ seed, source, clock, quota, requests, faults }: ControlContext) {
  return {
    serves: source.description,
    seed,
    clock: { now: new Date(clock.nowMs()).toISOString(), rate: clock.rate() },
    quota,
    counts: requests.counts(),
    faults: faults.list(),
  };
}

function setClock(context: ControlContext, body: Fields): Answer {
  refuseOthers(body, ['now', 'rate']);
  context.clock.set({
    ...(body.now !== undefined && { nowMs: instantMs('now', body.now) }),
    ...(body.rate !== undefined && { rate: OPTION_READERS.clockRate('rate', body.rate) }),
  });
  return jsonValue(200, stateOf(context).clock);
}

function clearFaults({ faults }: ControlContext, _body: Fields, query: URLSearchParams): Answer {
  refuseOthers(Object.fromEntries(query), ['id', 'name']);
  const id = query.get('id');
  const name = query.get('name');
  const cleared = faults.clear({
    ...(id !== null && { id: integerBetween(1, Number.MAX_SAFE_INTEGER)('id', id) }),
    ...(name !== null && { name }),
  });
  return jsonValue(200, { cleared, faults: faults.list() });
}

function refuseOthers(fields: Fields, known: readonly string[]): void {
  const stranger = Object.keys(fields).find((field) => !known.includes(field));
  if (stranger !== undefined) {
    throw wrong(stranger, fields[stranger], `left out; known are ${known.join(', ')}`);
  }
}

function readFields(body: string): Fields {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  } catch {
    // Falls through to the same complaint: invalid JSON is not a JSON object either.
  }
  throw wrong('body', body.slice(0, 100), 'a JSON object');
}
