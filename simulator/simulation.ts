// The simulated publishers without a socket: clock, rows, faults, quota and log, and the answer to every request.
import { type Answer, htmlPage } from './answer.ts';
import { answerControl, CONTROL_PATH, type ControlContext } from './control.ts';
import { createEntsoe, ENTSOE_PATH, type EntsoeContext } from './entsoe/publisher.ts';
import { entsoeTables } from './entsoe/tables.ts';
import { createFaultSet } from './fault-set.ts';
import { checkRevision } from './published-rows.ts';
import { createAttemptCounter, createPublisher, type Publisher } from './publisher.ts';
import { createRequestLog } from './request-log.ts';
import {
  readClock,
  readEntsoe,
  readQuota,
  readRecordings,
  readSeed,
  readSource,
  type SimulationOptions,
} from './simulation-options.ts';

/** The relevant parts of a request. */
export interface SimulatedRequest {
  readonly method: string;
  /** Path and query as in the request line. */
  readonly target: string;
  readonly body?: string;
}

/** A simulated publisher. */
export interface Simulation extends ControlContext {
  /** Answers a request; counts it and applies faults. */
  handle(request: SimulatedRequest): Answer;
}

/** Builds a simulated publisher. Throws an InputError that names a wrong option. */
export function createSimulation(options: SimulationOptions = {}): Simulation {
  const seed = readSeed(options);
  const clock = readClock(options);
  const source = readSource(options, seed);
  const quota = readQuota(options);
  const requests = createRequestLog(quota.windowMs);
  const generated = { seed, revisionShare: options.revisionShare ?? 0.04 };
  const faults = createFaultSet({
    seed,
    nowMs: clock.nowMs,
    checkRevision: (revision) =>
      checkRevision({ tables: [...source.tables, ...tablesNear(revision.table, generated)] }, revision),
  });
  for (const fault of options.faults ?? []) faults.add(fault);
  const wallMs = options.wallMs ?? Date.now;
  const monotonicMs = options.monotonicMs ?? (() => performance.now());
  const shared = { clock, faults, requests, wallMs, monotonicMs, attempt: createAttemptCounter() };
  const entsoe = { settings: readEntsoe(options) };
  const platform: EntsoeContext = {
    ...{ ...shared, generated, recordings: readRecordings(options), settings: () => entsoe.settings },
  };
  const publishers = {
    jao: createPublisher({ ...shared, source, quota }),
    entsoe: createEntsoe(platform),
  };
  const context: ControlContext = { seed, source, clock, faults, requests, quota, entsoe };
  return { ...context, handle: (request) => withLabel(route(context, publishers, request), context) };
}

/** The ENTSO-E platform has hundreds of tables: created only if one of them is meant. */
function tablesNear(name: string, generated: EntsoeContext['generated']) {
  return name.toLowerCase().startsWith('entsoe/') ? entsoeTables(generated) : [];
}

interface Publishers {
  readonly jao: Publisher;
  readonly entsoe: Publisher;
}

function route(context: ControlContext, publishers: Publishers, request: SimulatedRequest): Answer {
  const { method, target, body = '' } = request;
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
  if (path.startsWith(CONTROL_PATH)) return answerControl(context, { method, path, query, body });
  if (path === '/' && method === 'GET') return frontPage(context);
  const publisher = ENTSOE_PATH.test(path) ? publishers.entsoe : publishers.jao;
  return publisher(method, path, query);
}

/** Adds the headers of every answer. Date is on the simulator's clock, as the publisher's would be on its own. */
function withLabel(answer: Answer, { source, clock }: ControlContext): Answer {
  const [name, value] = source.label;
  const date = new Date(clock.nowMs()).toUTCString();
  return { ...answer, headers: { date, server: 'Kestrel', ...answer.headers, [name]: value } };
}

function frontPage({ source }: ControlContext): Answer {
  return htmlPage(
    200,
    'Simulator of the JAO Publication Tool and the ENTSO-E Transparency Platform',
    `This is neither publisher. It serves ${source.description}. ` +
      `The data is at /&lt;region&gt;/api/data/&lt;table&gt;?FromUtc=…&amp;ToUtc=… (${source.tables.map(({ name }) => name).join(', ')}), ` +
      'that of the ENTSO-E platform at /api?securityToken=…&amp;documentType=…, ' +
      'the controls are under /_simulator/.',
  );
}
