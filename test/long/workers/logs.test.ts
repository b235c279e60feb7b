/**
 * What a worker process tells of its work. Does its log carry what went wrong, with trace, workflow, dataset and day, as one JSON line
 * each? Does one trace lead from the call of a person through Temporal and the activities to the statements?
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApi } from '../../../api/app.ts';
import { ROOT } from '../../../config/installation.ts';
import { loadTracing } from '../../../config/tracing/load.ts';
import { connectTemporal } from '../../../temporal/connection.ts';
import { runDay } from '../../../temporal/days.ts';
import { ALONE } from '../../support/alone.ts';
import { type ApiEnvironment, answerOf, openApiEnvironment } from '../../support/api/api-environment.ts';
import { makeKey, type TestKey } from '../../support/api/keys.ts';
import { settingsOf, tidemark } from '../../support/command.ts';
import { programOf, untilReady } from '../../support/program.ts';
import { DATASET } from '../../support/test-environment.ts';
import {
  type OtlpReceiver,
  type ReceivedSpan,
  startOtlpReceiver,
} from '../../support/traces/otlp-receiver.ts';

let testEnv: ApiEnvironment;
let receiver: OtlpReceiver;
let worker: ChildProcess;
let text = '';
beforeAll(async () => {
  [testEnv, receiver] = await Promise.all([
    openApiEnvironment({ simulator: { quotaRequests: 0 } }),
    startOtlpReceiver(),
  ]);
  const { PATH = '', HOME = '' } = process.env;
  worker = spawn(process.execPath, programOf('workers/main'), {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { PATH, HOME, ...ALONE, ...settingsOf(testEnv), ...traced(), LOG_LEVEL: 'info' },
  });
  worker.stdout?.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  await untilReady(worker);
});
afterAll(async () => {
  worker.kill('SIGTERM');
  await once(worker, 'exit');
  await Promise.all([testEnv.close(), receiver.close()]);
});

const traced = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });

const lines = () =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

test('a workflow that failed is logged with its error, its id, its dataset and its day', async () => {
  const day = '2026-11-02';
  testEnv.simulator.faults.add({ name: 'status', code: 404, day });
  const run = await runDay(testEnv.temporal, { dataset: DATASET, day, wait: false });
  await expect(run.result()).rejects.toThrow(WorkflowFailedError);
  const failed = () => lines().find(({ msg }) => msg === 'Workflow failed');
  await expect.poll(failed).toMatchObject({
    error: { message: expect.stringContaining('404') },
    ...{ workflowId: `day:${DATASET}:${day}`, runId: expect.any(String), workflowType: 'ingestDay' },
    ...{ dataset: DATASET, day, trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) },
  });
  const givenUp = () => lines().find(({ msg }) => msg === 'delivery day given up');
  await expect.poll(givenUp).toMatchObject({
    dataset: DATASET,
    day,
    code: 'REQUEST_REFUSED',
    message: expect.stringContaining('404'),
  });
});

describe('one trace', () => {
  let operator: TestKey;

  test('leads from a command through client, run and activities to requests and statements', async () => {
    const day = '2026-11-03';
    const ran = await tidemark(
      { ...settingsOf(testEnv), ...traced() },
      'rerun',
      DATASET,
      '--day',
      day,
      '--wait',
    );
    expect(ran).toMatchObject({ code: 0 });
    const steps = STEPS.map((step) => `tidemark rerun > ${step}`);
    const spans = await traceFrom((span) => span.name === 'tidemark rerun', steps);
    expect(serviceOf(spans, 'tidemark rerun')).toBe('tidemark');
    expect(serviceOf(spans, 'RunWorkflow:ingestDay')).toBe('tidemark worker');
    expect(spans.find(({ name }) => name === 'RunWorkflow:ingestDay')).toMatchObject({
      attributes: { temporalWorkflowId: `day:${DATASET}:${day}`, dataset: DATASET, day },
    });
    expect(spans.filter(({ startNs, endNs }) => endNs < startNs)).toEqual([]);
  });

  test('leads from a call of the API, which goes on in the trace of its caller', async () => {
    operator = await makeKey(testEnv, { role: 'operator' });
    const { headers } = operator;
    const tracing = await loadTracing(`${receiver.url}/v1/traces`, {
      service: 'tidemark api',
      warn: () => {},
    });
    if (!tracing) throw new Error('there are no traces');
    const { temporalAddress: address } = testEnv;
    const temporal = await connectTemporal(
      { address, namespace: 'default', connectionOptions: {} },
      tracing.client,
    );
    const api = await buildApi({
      ...testEnv.deps,
      temporal: async () => temporal,
      traceRequests: tracing.requests,
    });
    const [traceId, caller] = ['af7651916cd43dd8448eb211c80319c7', 'b7ad6b7169203331'];
    const answer = await api.inject({
      ...{ method: 'POST', url: `/v1/datasets/${DATASET}/days/rerun`, payload: { days: ['2026-11-04'] } },
      headers: { ...headers, traceparent: `00-${traceId}-${caller}-01` },
    });
    expect(answerOf(answer).status).toBe(202);
    await api.close();
    await temporal.close();
    await tracing.stop();
    const route = 'POST /v1/datasets/:dataset/days/rerun';
    const steps = [
      ...STEPS.map((step) => `${route} > ${step}`),
      expect.stringMatching(`^${route} > select `),
    ];
    const spans = await traceFrom((span) => span.parentSpanId === caller, steps);
    expect(spans[0]).toMatchObject({ traceId });
  });

  test('begins with a run that nobody asked for, and holds neither values nor paths', async () => {
    await testEnv.temporal.client.workflow.execute('maintainStorage', {
      ...{ args: [{ dataset: DATASET }], taskQueue: 'tidemark', workflowId: 'maintenance-in-a-trace' },
    });
    await traceFrom(
      ({ name }) => name === 'RunWorkflow:maintainStorage',
      ['RunWorkflow:maintainStorage > RunActivity:maintainStorage'],
    );
    expect(receiver.spans.map(({ name }) => name)).not.toContain('RunActivity:drainInbox');
    const spans = JSON.stringify(receiver.spans.map(({ attributes }) => attributes));
    expect(spans).toContain('$1');
    for (const hidden of [operator.secret, '/core/api', '2026-11-04T']) expect(spans).not.toContain(hidden);
  });
});

const STEPS = [
  'SignalWithStartWorkflow:ingestDay',
  'SignalWithStartWorkflow:ingestDay > RunWorkflow:ingestDay',
  'SignalWithStartWorkflow:ingestDay > RunWorkflow:ingestDay > RunActivity:fetchDay',
  'SignalWithStartWorkflow:ingestDay > RunWorkflow:ingestDay > RunActivity:fetchDay > GET',
  'SignalWithStartWorkflow:ingestDay > RunWorkflow:ingestDay > RunActivity:fetchDay > select ops.payload',
  'SignalWithStartWorkflow:ingestDay > RunWorkflow:ingestDay > RunActivity:writeDay',
  'SignalWithStartWorkflow:ingestDay > RunWorkflow:ingestDay > RunActivity:writeDay > commit',
];

/** All spans of a trace once these paths in it have been told of, in whatever order; the first is the one that is looked for. */
async function traceFrom(
  isFirst: (span: ReceivedSpan) => boolean,
  paths: readonly string[],
): Promise<ReceivedSpan[]> {
  const found = () => {
    const first = receiver.spans.find(isFirst);
    const rest = receiver.spans.filter((span) => span !== first && span.traceId === first?.traceId);
    return first ? [first, ...rest] : [];
  };
  await expect.poll(() => pathsOf(found())).toEqual(expect.arrayContaining([...paths]));
  return found();
}

/** Each span with those that it is a part of. */
function pathsOf(spans: readonly ReceivedSpan[]): string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const pathOf = (span: ReceivedSpan): string => {
    const parent = byId.get(span.parentSpanId);
    return parent ? `${pathOf(parent)} > ${span.name}` : span.name;
  };
  return spans.map(pathOf);
}

function serviceOf(spans: readonly ReceivedSpan[], name: string): string | undefined {
  return spans.find((span) => span.name === name)?.service;
}
