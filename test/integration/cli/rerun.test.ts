/** Can days be asked for again by what they are, with the run before in sight, and each run be found from its day? */
import type { temporal } from '@temporalio/proto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dayWorkflowId, workflowPath } from '../../../domain/workflow/ids.ts';
import { startBackfill } from '../../../temporal/backfills.ts';
import { decide } from '../../../temporal/decisions.ts';
import { type Ran, type Settings, settingsOf, tidemark } from '../../support/command.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

const [FAILED, REFUSED, PARTIAL, ABSENT, FINE] = [
  '2026-11-01',
  '2026-11-02',
  '2026-11-03',
  '2026-11-04',
  '2026-11-05',
];
const RANGE = ['--from', FAILED, '--to', FINE];

let testEnv: TestEnvironment;
let settings: Settings;

beforeAll(async () => {
  testEnv = await openTestEnvironment({ simulator: { revisionShare: 0, quotaRequests: 0 } });
  await testEnv.startWorker();
  settings = { ...settingsOf(testEnv), TEMPORAL_UI_URL: 'http://ui.example' };
  const { faults } = testEnv.simulator;
  faults.add({ name: 'status', code: 400, day: FAILED });
  faults.add({ name: 'html-200', day: REFUSED });
  faults.add({ name: 'revise', day: PARTIAL, hour: 5, border: 'border_AT_BE', value: null });
  faults.add({ name: 'late', day: ABSENT, minutes: 100_000 });
  await (await startBackfill(testEnv.temporal, { dataset: DATASET, from: FAILED, to: FINE })).result();
  const decided = { dataset: DATASET, day: ABSENT, by: 'anna', reason: 'holiday' };
  await decide(testEnv.temporal, { ...decided, decision: 'absent' });
});
afterAll(() => testEnv.close());

const run = (...args: string[]) => tidemark(settings, 'rerun', DATASET, ...args);
const explain = (day: string, ...args: string[]) =>
  tidemark(settings, 'explain', DATASET, '--day', day, ...args);
const numberOfRuns = async () =>
  (await testEnv.rows<{ count: number }>('select count(*) from ops.run'))[0]?.count;

interface Listed {
  readonly day: string;
  readonly state: string;
  readonly lastError: string | null;
  readonly before: { readonly outcome: string; readonly runId: string; readonly link: string } | null;
  readonly runId: string;
  readonly link: string;
}
function listed({ stdout, stderr }: Ran): Listed[] {
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Listed[];
}
const daysOf = (ran: Ran) => listed(ran).map(({ day, state }) => `${day} ${state}`);

describe('--plan lists the days that are meant, and starts nothing', () => {
  test.each([
    [
      'days in one of several states',
      ['--state', 'partial', '--failed'],
      [`${FAILED} failed`, `${PARTIAL} partial`],
    ],
    [
      'a state, narrowed to a range',
      ['--state', 'partial', '--failed', '--from', REFUSED],
      [`${PARTIAL} partial`],
    ],
    ['declared absent, when that is asked for', ['--state', 'absent'], [`${ABSENT} absent`]],
    [
      'a range, without what is declared absent',
      RANGE,
      [`${FAILED} failed`, `${REFUSED} quarantined`, `${PARTIAL} partial`, `${FINE} complete`],
    ],
    ['a day that nothing is recorded of', ['--day', '2026-10-01'], ['2026-10-01 null']],
    ['a day that is named, even if declared absent', ['--day', ABSENT], [`${ABSENT} absent`]],
  ])('%s', async (_, args, days) => {
    const before = await numberOfRuns();
    const ran = await run(...args, '--plan', '--json');
    expect(ran.code).toBe(0);
    expect(daysOf(ran)).toEqual(days);
    expect(await numberOfRuns()).toBe(before);
  });

  test('with state, last run and error, for people', async () => {
    const { stdout } = await run('--failed', '--plan');
    expect(stdout).toMatch(/^day +state +last run +requested by +outcome +error/);
    expect(stdout).toMatch(/\n2026-11-01 +failed +2\S+ \S+Z +backfill +failed +REQUEST_REFUSED: .*400/);
    expect(stdout).toMatch(/\n1 days would be requested; nothing was started\n$/);
    expect(await run('--state', 'late', '--state', 'awaiting')).toEqual({
      code: 0,
      stdout: 'no day is in state late or awaiting\n',
      stderr: '',
    });
  });
});

describe('a rerun', () => {
  let first: Listed | undefined;

  test('names the run before it, with outcome, error and link', async () => {
    const ran = await run('--failed', '--wait', '--json');
    expect(ran.code).toBe(1);
    [first] = listed(ran);
    expect(first?.before).toMatchObject({
      ...{ trigger: 'backfill', outcome: 'failed', error: expect.stringContaining('REQUEST_REFUSED') },
      link: `http://ui.example${workflowPath('default', dayWorkflowId(DATASET, FAILED), first?.before?.runId)}`,
    });
    expect(first?.runId).not.toBe(first?.before?.runId);
    const text = await run('--day', FAILED, '--wait');
    expect(text.stdout).toMatch(
      /^day:\S+: .*400.*\n {2}http:\/\/ui\.example\/\S+\n {2}before: failed, 2\S+ \S+Z, requested by person\n {4}http:\/\/ui\.example\/\S+\n {4}REQUEST_REFUSED/,
    );
    expect(text.stdout).toContain(first?.runId);
  });

  test('leads in the Web UI to the run before, when it fails and when it does not', async () => {
    const [second] = listed(await run('--failed', '--wait', '--json'));
    expect(await detailsOf(FAILED, second?.runId)).toContain(
      `](${workflowPath('default', dayWorkflowId(DATASET, FAILED), second?.before?.runId)}), requested by person, failed: \`REQUEST_REFUSED`,
    );
    testEnv.simulator.faults.clear();
    const [third] = listed(await run('--day', FAILED, '--wait', '--json'));
    expect(third).toMatchObject({ outcome: { state: 'complete', runBefore: { runId: second?.runId } } });
    const details = await detailsOf(FAILED, third?.runId);
    expect(details).toContain(`/${second?.runId}), requested by person, failed: \`REQUEST_REFUSED`);
    expect(details).toContain(`tidemark explain ${DATASET} --day ${FAILED}`);
  });

  test('of the first day says nothing of a run before', async () => {
    const [only] = listed(await run('--day', '2026-10-02', '--wait', '--json'));
    expect(only?.before).toBeNull();
    expect(await detailsOf('2026-10-02', only?.runId)).not.toContain('The run before');
  });
});

describe('explain --day', () => {
  test('lists every run of the day, newest first, and the one that the ledger names', async () => {
    const ran = await explain(FAILED, '--json');
    expect(ran.code).toBe(0);
    const { ledger, runs } = JSON.parse(ran.stdout) as {
      ledger: { state: string; link: string; runId: string };
      runs: { trigger: string; outcome: string; error: string | null; link: string; runId: string }[];
    };
    expect(runs.map(({ trigger, outcome }) => `${trigger} ${outcome}`)).toEqual([
      ...['person complete', 'person failed', 'person failed', 'person failed'],
      'backfill failed',
    ]);
    expect(runs.map(({ error }) => error === null)).toEqual([true, false, false, false, false]);
    expect(ledger).toMatchObject({ state: 'complete', link: runs[0]?.link });
    expect(ledger.link).toContain(ledger.runId);
    const text = (await explain(FAILED)).stdout;
    expect(text).toMatch(
      /^2026-11-01 of jao-core\.max-exchanges is complete, 3600 of 3600 points, revision 0\n/,
    );
    expect(text).toContain(`\n  last requested by ${ledger.link}\n`);
    expect(text).toContain('\n5 runs, newest first:\n  complete, 2');
  });

  test('of a day that nobody knows says so', async () => {
    const ran = await explain('2026-09-01');
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain(`nothing is known of 2026-09-01 in ${DATASET}`);
  });

  test('and days --json lead from a ledger row to its run', async () => {
    const ran = await tidemark(settings, 'days', DATASET, '--from', FAILED, '--to', ABSENT, '--json');
    const rows = JSON.parse(ran.stdout) as { day: string; workflowId: string; runId: string; link: string }[];
    expect(rows).toHaveLength(4);
    for (const { link, workflowId, runId } of rows)
      expect(link).toBe(`http://ui.example${workflowPath('default', workflowId, runId)}`);
  });
});

test('many days are started a few at a time, and how long they take is said', async () => {
  const ran = await run('--from', '2026-06-20', '--to', '2026-08-08');
  expect(ran.code).toBe(0);
  expect(ran.stderr).toMatch(/^50 days take about 1 min at the quota of the source\. "tidemark backfill /);
  const links = ran.stdout.trimEnd().split('\n');
  expect(links).toHaveLength(50);
  expect(links[0]).toMatch(/^day:jao-core\.max-exchanges:2026-06-20 is running: http/);
  const done = async () =>
    (
      await testEnv.rows(
        `select day from ops.delivery_day where day between '2026-06-20' and '2026-08-08' and state = 'complete'`,
      )
    ).length;
  await expect.poll(done, { timeout: 240_000, interval: 500 }).toBe(50);
}, 300_000);

/** What the Web UI shows above the history of a run: it asks the run itself. */
async function detailsOf(day: string, runId: string | undefined): Promise<string> {
  const handle = testEnv.temporal.client.workflow.getHandle(dayWorkflowId(DATASET, day), runId);
  const metadata = await handle.query<temporal.api.sdk.v1.IWorkflowMetadata>('__temporal_workflow_metadata');
  return metadata.currentDetails ?? '';
}
