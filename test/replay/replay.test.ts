/** Can today's workflow code replay runs that earlier code has begun? */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { temporal } from '@temporalio/proto';
import {
  bundleWorkflowCode,
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  Worker,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { beforeAll, expect, test } from 'vitest';
import { TRACED, workflowBundle } from '../../workers/bundle.ts';
import * as workflows from '../../workflows/index.ts';

const FOLDER = fileURLToPath(new URL('histories/', import.meta.url));
const PLANTED = fileURLToPath(new URL('planted-break.ts', import.meta.url));

beforeAll(() => {
  // The planted break is meant to fail; its warnings would only frighten.
  const logging = { filter: makeTelemetryFilterString({ core: 'ERROR' }) };
  Runtime.install({ logger: new DefaultLogger('ERROR', () => {}), telemetryOptions: { logging } });
});

async function histories() {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.json'));
  return await Promise.all(
    files.map(async (file) => {
      const { workflowId, history } = JSON.parse(await readFile(`${FOLDER}${file}`, 'utf8'));
      // Not the SDK's own reader of histories: it cannot read what its writer should have written, which fails.
      return { file, workflowId, history: temporal.api.history.v1.History.fromObject(history) };
    }),
  );
}

/** The histories that do not replay, with the reason. */
async function failures(bundle: WorkflowBundleOption): Promise<Record<string, string>> {
  const failed: Record<string, string> = {};
  const recorded = await histories();
  const fileOf = new Map(recorded.map(({ file, history }) => [runIdOf(history), file]));
  let replayed = 0;
  // One worker for all of them: to make one takes longer than to replay a history.
  for await (const { runId, error } of Worker.runReplayHistories({ workflowBundle: bundle }, recorded)) {
    const file = fileOf.get(runId);
    if (file === undefined) throw new Error(`a run was replayed that is in no file: ${runId}`);
    if (error) failed[file] = error.name;
    replayed += 1;
  }
  expect(replayed).toBe(recorded.length);
  return failed;
}

function runIdOf(history: temporal.api.history.v1.IHistory): string | null | undefined {
  return history.events?.[0]?.workflowExecutionStartedEventAttributes?.originalExecutionRunId;
}

test('there are histories of every workflow type', async () => {
  const types = (await histories()).map(
    ({ history }) => history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name,
  );
  const { default: ofUnknownTypes, ...named } = workflows;
  expect(ofUnknownTypes).toBeDefined();
  expect(new Set(types)).toEqual(new Set(Object.keys(named)));
});

test('every recorded history replays', async () => {
  expect(await failures(await workflowBundle())).toEqual({});
});

test('every recorded history replays in a worker that traces, those that were recorded without traces among them', async () => {
  const traced = (await histories()).filter(({ history }) =>
    history.events?.some(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.header?.fields?.['_tracer-data'],
    ),
  );
  expect(traced.map(({ file }) => file)).toEqual(['backfill-traced.v1.json', 'ingest-day-traced.v1.json']);
  expect(await failures(await workflowBundle(TRACED))).toEqual({});
});

test('a step too many is noticed', async () => {
  const planted = await bundleWorkflowCode({
    workflowsPath: PLANTED,
    logger: new DefaultLogger('ERROR', () => {}),
  });
  const failed = await failures(planted);
  expect(failed).toMatchObject({
    'ingest-day-complete.v1.json': 'DeterminismViolationError',
    'backfill-with-bad-days.v1.json': 'DeterminismViolationError',
  });
});
