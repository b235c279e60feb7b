/**
 * Bad days under a system whose every process is killed in turn, told to a receiver that fails, is slow and forgets: is each of them told
 * once when it opens and once when it is over, and is nothing left untold?
 */
import { expect } from 'vitest';
import { openDatabase } from '../../../db/connection/client.ts';
import { type CivilDay, eachDay } from '../../../domain/time/civil-day.ts';
import { NOTIFY_SCHEDULE } from '../../../domain/workflow/ids.ts';
import { addReceiver } from '../../../notify/receivers.ts';
import { runDay } from '../../../temporal/days.ts';
import { openSystem, queryOnce, type System } from '../../chaos/system.ts';
import { until } from '../../chaos/until.ts';
import { programOf } from '../program.ts';
import { DATASET } from '../test-environment.ts';
import { type Conduct, isSigned, type Receiver, startReceiver } from './receiver.ts';

/** What is wrong with a day first. */
const BAD = {
  partial: (day: CivilDay) => ({ name: 'missing-hours' as const, hours: [3, 4] as number[], day }),
  late: (day: CivilDay) => ({ name: 'empty-data' as const, day }),
  failed: (day: CivilDay) => ({ name: 'status' as const, code: 404, day }),
  quarantined: (day: CivilDay) => ({ name: 'rejected-200' as const, day }),
} as const;
type Bad = keyof typeof BAD;
const CAUSES = Object.keys(BAD) as Bad[];

/** Workers that are missed after five seconds instead of fifteen: waiting for them would prove nothing more. */
const program = programOf('test/support/impatient-worker');
const settings = { NOTIFY_PRIVATE_ADDRESSES: 'allow' };
const DOWN_MS = 200;

/** @param kills how many processes are killed, one after the other. @throws AssertionError of the caller's test runner. */
export async function expectEachToldOnce(kills: number, conducts: readonly Conduct[]): Promise<void> {
  const receiver = await startReceiver();
  receiver.conduct = (_, count) => conducts[count % conducts.length] ?? { status: 200 };
  const source = { quotaRequests: 0, revisionShare: 0 };
  const staff = { program, settings, workers: 1, api: true, schedule: NOTIFY_SCHEDULE };
  const system = await openSystem(source, () => {}, staff);
  const database = openDatabase({ url: system.databaseUrl, application: 'test', role: 'tidemark_writer' });
  try {
    const desk = { name: 'desk', channel: 'webhook', address: receiver.url, datasets: null } as const;
    const added = await addReceiver(database, { allowPrivate: true }, { ...desk, createdBy: 'anna' });
    if ('faults' in added) throw new Error('the receiver was refused');
    const days = new Map(CAUSES.map((cause, at) => [cause, eachDay('2026-08-01', '2026-08-06')[at] ?? '']));
    const killers = killersOf(system);
    const killed = Array.from({ length: kills }, (_, nth) => killers[nth % killers.length]);
    for (const cure of [false, true]) {
      for (const [cause, day] of days) {
        const { id } = cure ? { id: undefined } : system.simulator.faults.add(BAD[cause](day));
        await Promise.all([look(system, day), killed.shift()?.()]);
        if (id !== undefined) system.simulator.faults.clear({ id });
      }
      await everythingIsTold(system, CAUSES.length);
    }
    const told = receiver.taken().filter(({ json }) => json.dataset === DATASET);
    const expected = CAUSES.flatMap((cause) => [`${cause} opened`, `${cause} over`]);
    expect(told.map(({ json }) => `${json.cause} ${json.phase}`).sort()).toEqual(expected.sort());
    for (const { json } of told) expect(json.days).toEqual([days.get(json.cause as Bad)]);
    expectSameAgain(receiver, added.secret ?? '');
  } finally {
    await database.end();
    await system.close();
    await receiver.close();
  }
}

/** What came twice was the same message; every message was signed. */
function expectSameAgain(receiver: Receiver, secret: string): void {
  for (const again of receiver.received)
    expect(again.json).toEqual(receiver.taken().find(({ key }) => key === again.key)?.json);
  expect(receiver.received.length).toBeGreaterThan(receiver.taken().length);
  expect(receiver.received.filter((each) => !isSigned(each, secret))).toEqual([]);
}

/** Each comes back on its port, with its state. */
function killersOf(system: System): (() => Promise<void>)[] {
  const kinds = ['kill worker', 'kill PostgreSQL', 'kill Temporal'] as const;
  return [
    ...kinds.map((kind, pick) => () => system.disturb({ kind, afterMs: 0, pauseMs: DOWN_MS, pick })),
    () => system.api?.kill(DOWN_MS) ?? Promise.reject(new Error('there is no API')),
  ];
}

/** A run of a day, whatever comes of it; who asks for it asks again while servers are away. */
async function look({ temporal }: System, day: CivilDay): Promise<void> {
  const { workflowId, runId } = await until(`${day} is asked for`, () =>
    runDay(temporal, { dataset: DATASET, day, wait: false }),
  );
  const handle = temporal.client.workflow.getHandle(workflowId, runId);
  await until(`the run of ${day} has ended`, async () => (await handle.describe()).status.name !== 'RUNNING');
}

/** Ticks of the schedule are minutes apart, and so are attempts: each that is brought forward is time that need not be waited for. */
async function everythingIsTold({ temporal, databaseUrl }: System, days: number): Promise<void> {
  const schedule = temporal.client.schedule.getHandle(NOTIFY_SCHEDULE);
  await until('everything is told', async () => {
    const [left] = await queryOnce<{ planned: string; untold: string }>(
      databaseUrl,
      `with later as (update ops.told set tried_at = tried_at - interval '2 hours' returning *)
       select count(*) filter (where dataset is not null) as planned,
         count(*) filter (where case when over_at is null then told_at is null else over_told_at is null end
           or dataset is not null and (over_at is null) <> (i.dataset is not null)) as untold
       from later left join ops.incident i using (cause, dataset)`,
    );
    if (Number(left?.planned) === days && Number(left?.untold) === 0) return true;
    const query = `WorkflowType = 'notify' and ExecutionStatus = 'Running'`;
    if ((await temporal.client.workflow.count(query)).count === 0) await schedule.trigger();
    return false;
  });
}
