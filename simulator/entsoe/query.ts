// Reads a request: parameters by name in any case, and the requested time. Complaints are the platform's own.

import type { Answer } from '../answer.ts';
import { createSlidingCount } from '../quota.ts';
import type { Window } from '../window.ts';
import { entsoeForms, throttled } from './forms.ts';
import type { EntsoeSettings } from './settings.ts';

/** Parameters as the platform spells them. */
const KNOWN = [
  ...['securityToken', 'documentType', 'processType', 'in_Domain', 'out_Domain', 'outBiddingZone_Domain'],
  ...['controlArea_Domain', 'BiddingZone_Domain', 'contract_MarketAgreement.type', 'psrType', 'offset'],
  ...[
    'classificationSequence_AttributeInstanceComponent.position',
    'periodStart',
    'periodEnd',
    'timeInterval',
  ],
  ...['DocStatus', 'BusinessType', 'PeriodStartUpdate', 'PeriodEndUpdate', 'mRID'],
];

/** A request that cannot be answered: the text of the acknowledgement. */
export class Refused extends Error {}

/** Parameters by the platform's spelling. */
export type Parameters = Readonly<Record<string, string>>;

/** Reads the parameters. @throws Refused where one does not exist or is repeated */
export function readParameters(query: URLSearchParams): Parameters {
  const found: Record<string, string> = {};
  for (const [given, value] of query) {
    const name = KNOWN.find((known) => known.toLowerCase() === given.toLowerCase());
    if (name === undefined) throw new Refused(`Input parameter does not exist: ${given}`);
    if (found[name] !== undefined) throw new Refused(`Input parameter is repeated: ${given}`);
    found[name] = value;
  }
  return found;
}

/** Reads the requested time, the end exclusive. @throws Refused where it cannot be read or has no length */
export function readPeriod(parameters: Parameters, from = 'periodStart', to = 'periodEnd'): Window {
  const [start, end] = parameters.timeInterval?.split('/') ?? [parameters[from], parameters[to]];
  const window = { fromMs: readInstant(from, start), toMs: readInstant(to, end) };
  if (window.fromMs < window.toMs) return window;
  throw new Refused(`Provided time interval (${start} - ${end}) is not valid.`);
}

/** `202611202300`, or `2026-11-20T23:00Z`; UTC. */
function readInstant(name: string, text: string | undefined): number {
  if (text === undefined) throw new Refused(`Mandatory parameter is missing: ${name}`);
  const [, year, month, day, hour, minute] =
    /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(text) ??
    /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::\d{2})?Z$/.exec(text) ??
    [];
  const instantMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`);
  if (minute !== undefined && !Number.isNaN(instantMs)) return instantMs;
  throw new Refused(`The value of parameter ${name} is not valid: ${text}`);
}

const UNITS: Readonly<Record<string, number>> = { Y: 12, M: 1 };

/** Whether a window is longer than a period of the calendar, counted in UTC: P1Y, P1M, P28D. */
export function isLonger({ fromMs, toMs }: Window, period: string): boolean {
  const [, count, unit = ''] = /^P(\d+)([YMD])$/.exec(period) ?? [];
  const end = new Date(fromMs);
  if (unit === 'D') end.setUTCDate(end.getUTCDate() + Number(count));
  else end.setUTCMonth(end.getUTCMonth() + Number(count) * (UNITS[unit] ?? 0));
  return toMs > end.getTime();
}

// Access control: the token, and how often it is used. A token with too many requests is banned for a while.

const MINUTE_MS = 60_000;
/** The form of real tokens, and a word accepted in place of one. */
const TOKEN = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|simulated)$/i;

/** A refusal; undefined if access is granted. Instants are of a clock that never goes back, except `nowMs`, the simulator's. */
export type Access = (token: string | undefined, monotonicMs: number, nowMs: number) => Answer | undefined;

/** Access control with settings that may change at any time. */
export function createAccess(settings: () => EntsoeSettings): Access {
  const counts = new Map<string, ReturnType<typeof createSlidingCount>>();
  const bannedUntilMs = new Map<string, number>();
  return (token, monotonicMs, nowMs) => {
    const { token: right, requests, banMs } = settings();
    if (token === undefined || !(right === '' ? TOKEN.test(token) : token === right))
      return entsoeForms(nowMs).status(401);
    if (requests === 0) return undefined;
    const count = counts.get(token) ?? createSlidingCount(MINUTE_MS);
    counts.set(token, count);
    const untilMs = bannedUntilMs.get(token) ?? 0;
    const isBanned = monotonicMs < untilMs;
    if (!isBanned && count.add(monotonicMs) <= requests) return undefined;
    const endMs = isBanned ? untilMs : monotonicMs + banMs;
    bannedUntilMs.set(token, endMs);
    return throttled(requests, nowMs + endMs - monotonicMs);
  };
}
