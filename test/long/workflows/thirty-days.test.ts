/** Thirty simulated days, over a change of the clocks: is late what is late, once, and does nothing ever fail for it? */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogOf } from '../../../datasets/catalog.ts';
import maxExchanges from '../../../datasets/jao-core/max-exchanges.ts';
import { defineDataset } from '../../../domain/dataset/dataset.ts';
import { addDays, type CivilDay, eachDay } from '../../../domain/time/civil-day.ts';
import { momentOf } from '../../../domain/time/delivery-day.ts';
import { dayWorkflowId } from '../../../domain/workflow/ids.ts';
import type { PollOutcome } from '../../../domain/workflow/messages.ts';
import { runDay } from '../../../temporal/days.ts';
import { WITHOUT_QUOTA } from '../../support/catalog-without-quota.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

const DAYS = eachDay('2026-10-10', '2026-11-08');
/** Recent days alone are read again: the month before these thirty is not what is asked about. */
const dataset = defineDataset({
  ...maxExchanges,
  source: { ...maxExchanges.source, quota: WITHOUT_QUOTA },
  firstDay: addDays(DAYS[0] ?? '', -1),
  pull: {
    ...maxExchanges.pull,
    polling: { ...maxExchanges.pull.polling, revisions: [{ untilHours: 30, everyMinutes: 180 }] },
  },
});

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await openTestEnvironment({
    simulator: { revisionShare: 0, quotaRequests: 0, now: '2026-10-08T00:00:00Z', clockRate: 0 },
    simulatedClock: true,
    catalog: catalogOf([dataset]),
  });
  await testEnv.startWorker();
});
afterAll(() => testEnv.close());

type Kind = 'on time' | 'late' | 'empty' | 'withdrawn';
const KINDS: readonly Kind[] = ['on time', 'on time', 'late', 'empty', 'withdrawn'];
const kindOf = (day: CivilDay): Kind => KINDS[DAYS.indexOf(day) % KINDS.length] ?? 'on time';
const daysOf = (kind: Kind) => DAYS.filter((day) => kindOf(day) === kind);
const moment = (day: CivilDay, time: string) => momentOf(dataset, day, { day: -1, time });

function publish(day: CivilDay): void {
  const kind = kindOf(day);
  const at = new Date(moment(day, kind === 'empty' ? '00:00' : '12:00')).toISOString();
  if (kind === 'late') testEnv.simulator.faults.add({ name: 'late', day, minutes: 6 * 60 });
  if (kind === 'empty' || kind === 'withdrawn') testEnv.simulator.faults.add({ name: 'withdrawn', day, at });
}

/** One tick of the schedule; returns when every run that it started has ended, but those that wait. */
async function tick(day: CivilDay, time: string, waiting: readonly CivilDay[]): Promise<void> {
  testEnv.simulator.clock.set({ nowMs: moment(day, time), rate: 0 });
  const { started }: PollOutcome = await testEnv.temporal.client.workflow.execute('pollDataset', {
    args: [{ dataset: DATASET }],
    taskQueue: 'tidemark',
    workflowId: `poll ${day} ${time}`,
  });
  const ending = started.filter((other) => !waiting.includes(other));
  await Promise.all(
    ending.map((other) => testEnv.temporal.client.workflow.getHandle(dayWorkflowId(DATASET, other)).result()),
  );
}

const column = async (text: string) =>
  (await testEnv.rows<{ day: string }>(text, [DATASET, DAYS[0], DAYS.at(-1)])).map(({ day }) => day);
const inState = (state: string) =>
  column(
    `select day from ops.delivery_day where dataset = $1 and day between $2 and $3 and state = '${state}' order by day`,
  );
const marked = (rule: string, resolution: string) =>
  column(
    `select day from ops.finding
     where dataset = $1 and day between $2 and $3 and rule = '${rule}' and resolution = '${resolution}' order by day`,
  );

test('late, empty and withdrawn publications are marked exactly, and no workflow fails', async () => {
  for (const day of DAYS) {
    publish(day);
    await tick(day, '09:05', [day]);
    await expect.poll(() => inState('awaiting')).toEqual([day]);
    // The run that waits for publication looks when it is told to; on its own it would by its timer.
    testEnv.simulator.clock.set({ nowMs: moment(day, '11:05'), rate: 0 });
    await (await runDay(testEnv.temporal, { dataset: DATASET, day, wait: true })).result();
    await tick(day, '18:00', []);
  }
  expect(await inState('late')).toEqual(daysOf('empty'));
  expect(await inState('complete')).toEqual(DAYS.filter((day) => kindOf(day) !== 'empty'));
  expect(await marked('late', 'open')).toEqual(daysOf('empty'));
  expect(await marked('late', 'superseded')).toEqual(daysOf('late'));
  expect(await marked('vanished', 'open')).toEqual(daysOf('withdrawn'));
  // Temporal's list is a little behind.
  const count = async () =>
    (await testEnv.temporal.client.workflow.count('ExecutionStatus != "Completed"')).count;
  await expect.poll(count).toBe(0);
  // The empty ones were asked for again and again: a mark is not raised twice.
  const sightings = await testEnv.rows<{ times: number }>(
    `select sum(seen_count)::int as times from ops.payload where day = any($1) group by day`,
    [daysOf('empty')],
  );
  for (const { times } of sightings) expect(times).toBeGreaterThanOrEqual(4);
}, 900_000);
