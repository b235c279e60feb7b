/**
 * Bad days under a system whose every process is killed in turn, told to a receiver that fails, is slow and forgets: is each event told
 * exactly once by its key, in order per day, and is nothing forgotten?
 */
import { expect } from 'vitest';
import { type Database, openDatabase } from '../../../db/connection/client.ts';
import { eventsSince } from '../../../db/queries/notify/events.ts';
import { type CivilDay, eachDay } from '../../../domain/time/civil-day.ts';
import { NOTIFY_SCHEDULE } from '../../../domain/workflow/ids.ts';
import { subscribe } from '../../../notify/subscribe.ts';
import { runDay } from '../../../temporal/days.ts';
import { openSystem, queryOnce, type System } from '../../chaos/system.ts';
import { until } from '../../chaos/until.ts';
import { programOf } from '../program.ts';
import { DATASET } from '../test-environment.ts';
import { EVERYTHING } from './notified.ts';
import { type Conduct, isSigned, type Receiver, startReceiver } from './receiver.ts';

export interface BadDays {
  readonly from: CivilDay;
  readonly to: CivilDay;
  readonly workers: number;
  /** How many processes are killed, one after the other, at most one a day. */
  readonly kills: number;
  /** What the receiver does, over and over. */
  readonly conducts: readonly Conduct[];
}

/** What happens to a day, and what is to be told of it, in this order. */
const STORIES = {
  'on time': ['complete'],
  revised: ['complete', 'revised'],
  partial: ['partial', 'complete'],
  late: ['late', 'complete'],
  failed: ['failed', 'complete'],
  quarantined: ['quarantined', 'complete'],
} as const;
type Story = keyof typeof STORIES;
const NAMES = Object.keys(STORIES) as Story[];
const KINDS = [...(EVERYTHING.kinds ?? []), 'finding' as const];

/** Workers that are missed after five seconds instead of fifteen: waiting for them would prove nothing more. */
const program = programOf('test/support/impatient-worker');
const settings = { NOTIFY_PRIVATE_ADDRESSES: 'allow' };
const DOWN_MS = 200;

/** @throws AssertionError of the caller's test runner. */
export async function expectEachSentOnce({ from, to, workers, kills, conducts }: BadDays): Promise<void> {
  const days = eachDay(from, to);
  const storyOf = (day: CivilDay) => NAMES[days.indexOf(day) % NAMES.length] ?? 'on time';
  const receiver = await startReceiver();
  receiver.conduct = (_, count) => conducts[count % conducts.length] ?? { status: 200 };
  const source = { quotaRequests: 0, revisionShare: 0 };
  const staff = { program, settings, workers, api: true, schedule: NOTIFY_SCHEDULE };
  const system = await openSystem(source, () => {}, staff);
  const database = openDatabase({ url: system.databaseUrl, application: 'test', role: 'tidemark_writer' });
  try {
    const desk = { name: 'desk', address: receiver.url, by: 'anna' };
    const { secret } = await subscribe(database, { ...EVERYTHING, kinds: KINDS }, desk);
    const killers = killersOf(system);
    const killedOn = Array.from({ length: kills }, (_, nth) => days[Math.floor((nth * days.length) / kills)]);
    const killed: Promise<void>[] = [];
    for (const day of days) {
      const nth = killedOn.indexOf(day);
      const kill = nth === -1 ? undefined : killers[nth % killers.length];
      if (kill) killed.push(kill());
      await live(system, day, storyOf(day));
    }
    await Promise.all(killed);
    await everythingIsSent(system);
    await expectSentAsItHappened(database, receiver, secret ?? '');
    for (const day of days) expect([day, sentOf(receiver, day)]).toEqual([day, STORIES[storyOf(day)]]);
    await expectApiToKnow(system, receiver);
  } finally {
    await database.end();
    await system.close();
    await receiver.close();
  }
}

/** Each comes back on its port, with its state. */
function killersOf(system: System): (() => Promise<void>)[] {
  const kinds = ['kill worker', 'kill PostgreSQL', 'kill Temporal'] as const;
  return [
    ...kinds.map((kind, pick) => () => system.disturb({ kind, afterMs: 0, pauseMs: DOWN_MS, pick })),
    () => system.api?.kill(DOWN_MS) ?? Promise.reject(new Error('there is no API')),
  ];
}

async function live(system: System, day: CivilDay, story: Story): Promise<void> {
  const { faults } = system.simulator;
  const bad = {
    partial: { name: 'missing-hours', hours: [3, 4] as number[], day },
    late: { name: 'empty-data', day },
    failed: { name: 'status', code: 404, day },
    quarantined: { name: 'rejected-200', day },
  } as const;
  if (story in bad) {
    const { id } = faults.add(bad[story as keyof typeof bad]);
    await look(system, day);
    faults.clear({ id });
  }
  await look(system, day);
  if (story !== 'revised') return;
  faults.add({ name: 'revise', day, hour: 7, border: 'border_AT_CZ', value: 1 });
  await look(system, day);
}

/** A run of a day, whatever comes of it; who asks for it asks again while servers are away. */
async function look({ temporal }: System, day: CivilDay): Promise<void> {
  const { workflowId, runId } = await until(`${day} is asked for`, () =>
    runDay(temporal, { dataset: DATASET, day, wait: false }),
  );
  const handle = temporal.client.workflow.getHandle(workflowId, runId);
  await until(`the run of ${day} has ended`, async () => (await handle.describe()).status.name !== 'RUNNING');
}

/** Ticks of the schedule are minutes apart; each one that is brought forward is a minute that need not be waited for. */
async function everythingIsSent({ temporal, databaseUrl }: System): Promise<void> {
  const schedule = temporal.client.schedule.getHandle(NOTIFY_SCHEDULE);
  await until('everything is told', async () => {
    const [left] = await queryOnce<{ moves: string; messages: string }>(
      databaseUrl,
      `select (select count(*) from ops.move) as moves, (select count(*) from ops.message where state <> 'sent') as messages`,
    );
    if (Number(left?.moves) === 0 && Number(left?.messages) === 0) return true;
    const { count } = await temporal.client.workflow.count(
      `WorkflowType = 'watchEvents' and ExecutionStatus = 'Running'`,
    );
    if (count === 0) await schedule.trigger();
    return false;
  });
}

/** Exactly once by its key, in order, nothing that did not happen, nothing forgotten, and every message signed. */
async function expectSentAsItHappened(database: Database, receiver: Receiver, secret: string): Promise<void> {
  const events = await eventsSince(database, { since: 0, datasets: null, kinds: KINDS, limit: 10_000 });
  const taken = receiver.taken();
  expect(taken.map(({ key }) => key)).toEqual(events.map(({ key }) => key));
  expect(taken.map(({ json }) => json.cursor)).toEqual(events.map(({ id }) => id));
  expect(receiver.received.length).toBeGreaterThan(taken.length);
  // What came twice was the same message.
  for (const again of receiver.received)
    expect(again.json).toEqual(taken.find(({ key }) => key === again.key)?.json);
  expect(receiver.received.filter((each) => !isSigned(each, secret))).toEqual([]);
  const [revised] = taken.filter(({ json }) => json.kind === 'revised');
  expect(revised?.json).toMatchObject({
    largest_relative_difference: expect.any(Number),
    details: { revised_points: 1, change_cursor: expect.any(Number), known_at: expect.any(String) },
  });
}

/** What was told of a day: by itself, or as one of the days of an incident, when it began. */
function sentOf(receiver: Receiver, day: CivilDay): string[] {
  return receiver
    .taken()
    .filter(({ json }) => json.kind !== 'finding' && json.phase !== 'ended')
    .filter(({ json }) => json.delivery_day === day)
    .map(({ json }) => json.kind);
}

/** Whoever would rather ask than be told gets the same. */
async function expectApiToKnow({ api }: System, receiver: Receiver): Promise<void> {
  const answer = await fetch(`${api?.url}/v1/notifications/events?since=0&limit=1000`);
  const { data } = (await answer.json()) as { data: { key: string }[] };
  const keys = data.map(({ key }) => key);
  expect(keys).toEqual(expect.arrayContaining(receiver.taken().map(({ key }) => key)));
}
