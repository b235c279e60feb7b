// One simulated publisher without a socket: clock, rows, faults, quota and log, and the answer to every request.
import { type Answer, htmlPage } from './answer.ts';
import { answerControl, CONTROL_PATH, type ControlContext } from './control.ts';
import { createFaultSet } from './fault-set.ts';
import { checkRevision } from './published-rows.ts';
import { createPublisher, type Publisher } from './publisher.ts';
import { createRequestLog } from './request-log.ts';
import { readClock, readQuota, readSeed, readSource, type SimulationOptions } from './simulation-options.ts';

/** A request as far as it matters here. */
export interface SimulatedRequest {
  readonly method: string;
  /** Path and query as they stand in the request line. */
  readonly target: string;
  readonly body?: string;
}

/** A simulated publisher. */
export interface Simulation extends ControlContext {
  /** Answers a request; counts it and lets faults act. */
  handle(request: SimulatedRequest): Answer;
}

/** Builds a simulated publisher. Throws an InputError that names a wrong option. */
export function createSimulation(options: SimulationOptions = {}): Simulation {
  const seed = readSeed(options);
  const clock = readClock(options);
  const source = readSource(options, seed);
  const quota = readQuota(options);
  const requests = createRequestLog(quota.windowMs);
  const faults = createFaultSet({
    seed,
    nowMs: clock.nowMs,
    checkRevision: (revision) => checkRevision(source, revision),
  });
  for (const fault of options.faults ?? []) faults.add(fault);
  const wallMs = options.wallMs ?? Date.now;
  const monotonicMs = options.monotonicMs ?? (() => performance.now());
  const publisher = createPublisher({ source, clock, faults, requests, quota, wallMs, monotonicMs });
  const context: ControlContext = { seed, source, clock, faults, requests, quota };
  return { ...context, handle: (request) => withLabel(route(context, publisher, request), context) };
}

function route(context: ControlContext, publisher: Publisher, request: SimulatedRequest): Answer {
  const { method, target, body = '' } = request;
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
  if (path.startsWith(CONTROL_PATH)) return answerControl(context, { method, path, query, body });
  if (path === '/' && method === 'GET') return frontPage(context);
  return publisher(method, path, query);
}

/** Adds the headers that every answer carries. Date is the simulator's, as the publisher's would be its own. */
function withLabel(answer: Answer, { source, clock }: ControlContext): Answer {
  const [name, value] = source.label;
  const date = new Date(clock.nowMs()).toUTCString();
  return { ...answer, headers: { date, server: 'Kestrel', ...answer.headers, [name]: value } };
}

function frontPage({ source }: ControlContext): Answer {
  return htmlPage(
    200,
    'Simulator of the JAO Publication Tool',
    `This is not the publisher. It serves ${source.description}. ` +
      'The data is at /core/api/data/maxExchanges?FromUtc=…&amp;ToUtc=…, the controls are under /_simulator/.',
  );
}
