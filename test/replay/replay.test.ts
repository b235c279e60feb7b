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
import { workflowBundle } from '../../workers/bundle.ts';
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
  for (const { file, workflowId, history } of await histories()) {
    for await (const { error } of Worker.runReplayHistories({ workflowBundle: bundle }, [
      { workflowId, history },
    ])) {
      if (error) failed[file] = error.name;
    }
  }
  return failed;
}

test('there are histories of every workflow type', async () => {
  const types = (await histories()).map(
    ({ history }) => history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name,
  );
  expect(new Set(types)).toEqual(new Set(Object.keys(workflows)));
});

test('every recorded history replays', async () => {
  expect(await failures(await workflowBundle())).toEqual({});
}, 60_000);

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
}, 60_000);
