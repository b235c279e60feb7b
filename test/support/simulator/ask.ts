// What the simulator's tests share: a simulation that stands still, and ways to ask it without a socket.
import type { Answer } from '../../../simulator/answer.ts';
import { dayEndMs, dayStartMs } from '../../../simulator/business-day.ts';
import { createSimulation, type Simulation } from '../../../simulator/simulation.ts';
import type { SimulationOptions } from '../../../simulator/simulation-options.ts';

/** A row as a client parses it. */
export type ParsedRow = { id: number; dateTimeUtc: string } & Record<string, number | string | null>;

export const DATA_PATH = '/core/api/data/maxExchanges';

/** A simulation whose clock stands still, without a quota and without revisions, unless asked for. */
export function still(options: SimulationOptions = {}): Simulation {
  return createSimulation({
    now: '2026-11-20T12:00:00Z',
    clockRate: 0,
    quotaRequests: 0,
    revisionShare: 0,
    ...options,
  });
}

/** Asks for a window given in ISO texts. */
export function ask(simulation: Simulation, from: string, to: string, path = DATA_PATH): Answer {
  return simulation.handle({ method: 'GET', target: `${path}?FromUtc=${from}&ToUtc=${to}` });
}

/** Asks for the window of one business day. */
export function requestDay(simulation: Simulation, day: string): Answer {
  return ask(simulation, iso(dayStartMs(day)), iso(dayEndMs(day)));
}

/** The parsed rows of an answer. */
export function rowsOf(answer: Answer): ParsedRow[] {
  return JSON.parse(answer.body).data;
}

/** Calls a control path with a JSON body and returns the status and the parsed answer. */
export function control(simulation: Simulation, method: string, name: string, body?: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? {});
  const answer = simulation.handle({ method, target: `/_simulator/${name}`, body: text });
  return { status: answer.status, body: JSON.parse(answer.body) };
}

/** An instant as ISO text. */
export function iso(instantMs: number): string {
  return new Date(instantMs).toISOString();
}
