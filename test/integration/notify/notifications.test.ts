/** Is every receiver told what needs a person, once when it opens and once when it is over, signed, and nobody else? */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { removeReceiver } from '../../../db/queries/notify/receivers.ts';
import { claimMessage, noteNotTold, noteTold } from '../../../db/queries/notify/told.ts';
import { summaryOf } from '../../../domain/notify/incident.ts';
import { addDays, eachDay } from '../../../domain/time/civil-day.ts';
import { currentIncidents } from '../../../notify/incidents.ts';
import { addReceiver, tryReceiver } from '../../../notify/receivers.ts';
import { Sender } from '../../../notify/sender.ts';
import { planMessages, type SendOutcome, sendMessage } from '../../../notify/tell.ts';
import { openLateWorker } from '../../support/late-worker.ts';
import { CALM, type Notified, openNotified } from '../../support/notify/notified.ts';
import { isSigned, type Receiver, startReceiver } from '../../support/notify/receiver.ts';
import { DATASET } from '../../support/test-environment.ts';

let it: Notified;
let receiver: Receiver;
beforeAll(async () => {
  it = await openNotified();
});
afterAll(() => it.close());
beforeEach(async () => {
  await startAfresh();
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

/** Nobody is told anything, and nothing is wrong. */
async function startAfresh(): Promise<void> {
  await it.rows('delete from ops.receiver');
  await it.rows('delete from ops.process');
  await it.rows(`update ops.delivery_day set state = 'complete', error = null`);
}

const wrong = async () =>
  (await currentIncidents(it.database, { intervals: new Map(), outside: CALM })).incidents;
const sentTo = ({ taken }: Receiver) => taken().map(({ json }) => `${json.cause} ${json.phase} ${json.days}`);
const attempts = async () =>
  await it.rows('select attempts, told_at is not null as told, error from ops.told');

describe('incidents', () => {
  test('are what the ledger says at that moment: a cure ends them with the transaction that cures', async () => {
    const days = eachDay('2026-03-01', '2026-03-03');
    await it.move(days, { state: 'quarantined' });
    expect(await wrong()).toMatchObject([{ cause: 'quarantined', dataset: DATASET, days }]);
    await it.move(days.slice(0, 2), { state: 'complete' });
    expect(await wrong()).toMatchObject([{ days: ['2026-03-03'] }]);
    await it.move(days, { state: 'complete' });
    expect(await wrong()).toEqual([]);
  });

  test('no state before its deadline is one; a failed attempt at a day that has its points is', async () => {
    for (const state of ['scheduled', 'awaiting', 'complete', 'absent'] as const) {
      await it.move(['2026-03-01'], { state });
      expect([state, await wrong()]).toEqual([state, []]);
    }
    await it.move(['2026-03-01'], { state: 'complete', error: 'ANSWER_BROKEN: no JSON' });
    expect((await wrong()).map(summaryOf)).toEqual([
      `${DATASET}: 2026-03-01 has failed: ANSWER_BROKEN: no JSON`,
    ]);
  });

  test('processes and backlogs are among them', async () => {
    await it.rows(
      `insert into ops.process (kind, host, pid, clock_ahead_seconds, datasets, seen_at) values
         ('worker', 'gone', 1, 0, '{}', now() - interval '10 minutes'), ('api', 'fast', 2, 86400, '{}', now())`,
    );
    expect((await wrong()).map(summaryOf)).toEqual([
      "the clock of api on fast is 86400.0 s ahead of the database's",
      'no worker has been seen for 10 minutes',
    ]);
  });
});

describe('a receiver', () => {
  test('is told when days go wrong and when they are over, once each, by one message with a run-book', async () => {
    await it.add(receiver.url);
    await it.move(['2026-03-01'], { state: 'late' });
    expect([await it.tell(), await it.tell()]).toEqual([1, 0]);
    await it.move(['2026-03-01'], { state: 'complete' });
    expect([await it.tell(), await it.tell()]).toEqual([1, 0]);
    expect(sentTo(receiver)).toEqual(['late opened 2026-03-01', 'late over 2026-03-01']);
    expect(receiver.taken()[0]?.json).toMatchObject({
      ...{ dataset: DATASET, severity: 'warn', run_book: 'docs/recipes.md#a-day-is-late', over_at: null },
      summary: `${DATASET}: 2026-03-01 is late: a deadline has passed without a publication`,
    });
    expect(receiver.taken()[1]?.json).toMatchObject({ severity: 'info', over_at: expect.any(String) });
    expect(receiver.taken()[1]?.json.summary).toMatch(/^over: .*2026-03-01, late since /);
  });

  test('an outage of two hundred days is one message, and its end another', async () => {
    await it.add(receiver.url);
    const days = eachDay('2025-01-01', addDays('2025-01-01', 199));
    const failed = { state: 'failed', error: 'SOURCE_UNREACHABLE: refused' } as const;
    await it.move(days.slice(0, 20), failed);
    await it.tell();
    await it.move(days.slice(20), failed);
    await it.tell();
    await it.move(days.slice(0, 199), { state: 'complete', error: null });
    await it.tell();
    expect(receiver.taken().map(({ json }) => json.summary)).toEqual([
      `${DATASET}: 20 days (2025-01-01 to 2025-01-20) have failed: SOURCE_UNREACHABLE: refused`,
    ]);
    await it.move(days.slice(199), { state: 'complete', error: null });
    await it.tell();
    expect(sentTo(receiver)).toEqual([`failed opened ${days.slice(0, 20)}`, `failed over ${days}`]);
  });

  test('a day that is quarantined since long ago hides no other', async () => {
    await it.add(receiver.url);
    await it.move(['2025-10-01'], { state: 'quarantined' });
    await it.tell();
    await it.rows(`update ops.told set opened_at = now() - interval '2 months'`);
    await it.move(['2025-12-01'], { state: 'quarantined' });
    await it.tell();
    expect(sentTo(receiver)).toEqual(['quarantined opened 2025-10-01', 'quarantined opened 2025-12-01']);
  });

  test('one that is added is told what is wrong now; what is over before it could be told is not told', async () => {
    await it.move(['2026-04-01'], { state: 'late' });
    await it.add(receiver.url);
    await planMessages(it.database, { intervals: new Map(), outside: CALM });
    await it.move(['2026-04-01'], { state: 'complete' });
    await it.move(['2026-04-02'], { state: 'failed' });
    await it.tell();
    expect(sentTo(receiver)).toEqual(['failed opened 2026-04-02']);
  });

  test('is told of its datasets; of a restricted one only where it names it', async () => {
    const others = 'jao-core.atc';
    await it.rows(`update ops.dataset set access_class = 'restricted' where dataset = $1`, [others]);
    const named = await startReceiver();
    await it.add(receiver.url);
    await it.add(named.url, { datasets: [others] });
    await it.move(['2026-05-01'], { state: 'late' });
    await it.move(['2026-05-02'], { state: 'failed' }, others);
    await it.tell();
    expect(sentTo(receiver)).toEqual(['late opened 2026-05-01']);
    expect(sentTo(named)).toEqual(['failed opened 2026-05-02']);
    await it.rows(`update ops.dataset set access_class = 'open' where dataset = $1`, [others]);
    await named.close();
  });

  test('is signed, shows no secret, can be tried and removed', async () => {
    const { receiver: added, secret } = await it.add(receiver.url);
    expect(JSON.stringify(added)).not.toContain('sesame');
    await tryReceiver(it.database, added, 'anna');
    expect([await it.tell(), await it.tell()]).toEqual([1, 0]);
    const [message] = receiver.taken();
    expect(message?.json).toMatchObject({ cause: 'test', phase: 'opened' });
    expect(message && isSigned(message, secret ?? '')).toBe(true);
    expect(message && isSigned({ ...message, text: `${message.text} ` }, secret ?? '')).toBe(false);
    await removeReceiver(it.database, added.id);
    await it.move(['2026-06-10'], { state: 'late' });
    expect(await it.tell()).toBe(0);
    expect(await it.rows('select * from ops.receiver_secret')).toEqual([]);
  });

  test('one that is slow, fails or forgets is sent the same message again, later and later', async () => {
    await it.add(receiver.url);
    const conducts = ['hang', 'forget', { status: 500 }, { status: 410 }] as const;
    receiver.conduct = (_, count) => conducts[count] ?? { status: 200 };
    await it.move(['2026-09-01'], { state: 'late' });
    // Only who is kept waiting gives up soon; a message must have come whole before that.
    const impatient = new Sender({ allowPrivate: true, receiverMs: 2_000 });
    expect(await it.tell(impatient)).toBe(0);
    expect(await it.tell()).toBe(0);
    expect(receiver.received).toHaveLength(1);
    for (const taken of [0, 0, 0, 1, 0]) {
      await it.wait();
      expect(await it.tell()).toBe(taken);
    }
    await impatient.close();
    expect(receiver.received).toHaveLength(5);
    expect(new Set(receiver.received.map(({ text }) => text)).size).toBe(1);
    expect(receiver.taken()).toHaveLength(1);
  });

  test('one that is down keeps no other waiting, and others are told of it after an hour', async () => {
    const up = await startReceiver();
    receiver.conduct = () => ({ status: 503 });
    const { receiver: down } = await it.add(receiver.url);
    await it.add(up.url);
    await it.move(['2026-08-01'], { state: 'late' });
    await it.tell();
    await it.rows(`update ops.told set opened_at = now() - interval '2 hours', tried_at = null`);
    await it.tell();
    expect(sentTo(up)).toEqual(['late opened 2026-08-01', 'undelivered opened ']);
    expect(up.taken()[1]?.json.summary).toContain(`desk (${down.id}) has not been told since`);
    expect(up.taken()[1]?.json.summary).toContain('the receiver answered 503');
    expect(receiver.received.some(({ json }) => json.cause === 'undelivered')).toBe(false);
    await up.close();
  });

  test('inside a private network is refused when it is added and when it is sent to, by name and by address', async () => {
    const strict = new Sender({ allowPrivate: false });
    const port = new URL(receiver.url).port;
    const hosts = ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '0x7f.1', '169.254.169.254'];
    const wanted = { name: 'desk', channel: 'webhook', datasets: null, createdBy: 'anna' } as const;
    for (const host of hosts) {
      await startAfresh();
      const address = `http://${host}:${port}/`;
      const refused = await addReceiver(it.database, { allowPrivate: false }, { ...wanted, address });
      expect(JSON.stringify(refused)).toContain('inside a private network');
      expect(await it.rows('select * from ops.receiver')).toEqual([]);
      // Its name may have had another address when it was added.
      await it.add(address);
      await it.move(['2026-10-01'], { state: 'late' });
      expect(await it.tell(strict)).toBe(0);
      expect(await attempts()).toMatchObject([
        { error: expect.stringContaining('inside a private network') },
      ]);
    }
    expect(receiver.received).toEqual([]);
    const mail = { ...wanted, channel: 'mail', address: 'desk@example.org' } as const;
    expect(await addReceiver(it.database, { allowPrivate: true }, mail)).toMatchObject({
      faults: [{ field: 'address', hint: expect.stringContaining('NOTIFY_SMTP_URL') }],
    });
    await strict.close();
  });
});

describe('an attempt', () => {
  /** A message that is due. */
  async function due(): Promise<string> {
    await it.add(receiver.url);
    await it.move(['2026-11-01'], { state: 'late' });
    const [message] = await planMessages(it.database, { intervals: new Map(), outside: CALM });
    return message?.id ?? '';
  }

  test('is begun by one only, and a late one overwrites nothing that a later one recorded', async () => {
    const id = await due();
    const [late, none] = [await claimMessage(it.database, id), await claimMessage(it.database, id)];
    if (!late) throw new Error('it was not due');
    expect(none).toBeUndefined();
    await it.wait();
    const later = await claimMessage(it.database, id);
    if (!later) throw new Error('it was not due again');
    await noteNotTold(it.database, id, later, 'the receiver answered 503');
    expect(await noteTold(it.database, id, late)).toBe(false);
    await noteNotTold(it.database, id, late, 'late');
    expect(await attempts()).toEqual([{ attempts: 2, told: false, error: 'the receiver answered 503' }]);
    await it.wait();
    expect(await sendMessage(it.database, it.sender, id)).toBe('sent');
    for (const each of [late, later]) {
      expect(await noteTold(it.database, id, each)).toBe(false);
      await noteNotTold(it.database, id, each, 'late');
    }
    expect(await attempts()).toEqual([{ attempts: 0, told: true, error: null }]);
    expect(await sendMessage(it.database, it.sender, id)).toBe('nothing');
    expect(receiver.received).toHaveLength(1);
  });

  describe('that stood still after it had claimed the message sends nothing', () => {
    /** What it comes to: it goes on when the others have done theirs. */
    async function lateAttempt(id: string, others: () => Promise<unknown>): Promise<SendOutcome> {
      const late = await openLateWorker(it);
      const standsStill = late.standStill({ side: 'before', statement: /ops.receiver_secret/ });
      const attempt = sendMessage(late.database, it.sender, id);
      await standsStill;
      await it.wait();
      await others();
      late.goOn();
      return await attempt.finally(() => late.close());
    }
    const keys = () => receiver.received.map(({ key }) => key);
    const end = () => it.move(['2026-11-01'], { state: 'complete' });

    test('once a later one has sent it, neither what opened nor what is over', async () => {
      const id = await due();
      expect(await lateAttempt(id, () => it.tell())).toBe('nothing');
      await end();
      await planMessages(it.database, { intervals: new Map(), outside: CALM });
      expect(await lateAttempt(id, () => it.tell())).toBe('nothing');
      expect(keys()).toEqual([`${id}:opened`, `${id}:over`]);
    });

    test('once its end was told', async () => {
      const id = await due();
      const others = async () => {
        await end();
        expect(await it.tell()).toBe(1);
      };
      expect(await lateAttempt(id, others)).toBe('nothing');
      expect(keys()).toEqual([`${id}:over`]);
    });
  });

  test('that was killed before it recorded anything is followed by the end, under its own id', async () => {
    const id = await due();
    await claimMessage(it.database, id);
    await it.move(['2026-11-01'], { state: 'complete' });
    await it.tell();
    await it.wait();
    expect(await it.tell()).toBe(1);
    expect(receiver.taken().map(({ key }) => key)).toEqual([`${id}:over`]);
  });

  test('many planners and senders at once: each message is sent once', async () => {
    await due();
    const tells = await Promise.all(Array.from({ length: 5 }, () => it.tell()));
    expect(tells.reduce((sum, each) => sum + each, 0)).toBe(1);
    expect(receiver.received).toHaveLength(1);
  });
});
