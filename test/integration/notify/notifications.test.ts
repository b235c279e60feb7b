/** Is everybody told what they asked for, once, signed, when they want it, and nobody else? */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventsSince } from '../../../db/queries/notify/events.ts';
import { openIncidents } from '../../../db/queries/notify/incidents.ts';
import { listMessages, replayMessages, resendDead } from '../../../db/queries/notify/messages.ts';
import { pauseSubscription, removeSubscription } from '../../../db/queries/notify/subscriptions.ts';
import { addDays, eachDay } from '../../../domain/time/civil-day.ts';
import { collectObservations } from '../../../notify/collect.ts';
import { sendMessage } from '../../../notify/send-message.ts';
import { Sender } from '../../../notify/sender.ts';
import { trySubscription } from '../../../notify/subscribe.ts';
import { type Notified, openNotified } from '../../support/notify/notified.ts';
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
  for (const table of ['move', 'message', 'event', 'subscription_secret'])
    await it.rows(`delete from ops.${table}`);
  await it.rows('update ops.incident set ended_at = now()');
  await it.rows('update ops.subscription set removed_at = now()');
}

const receivedEvents = () =>
  receiver.taken().map(({ json }) => `${json.kind} ${json.phase} ${json.delivery_day}`);

describe('events', () => {
  test('a day that is late, then complete: both ends of the incident and the day itself, in order, with a cursor', async () => {
    await it.subscribe(receiver.url);
    await it.move(['2026-03-01'], { state: 'awaiting' });
    await it.move(['2026-03-01'], { state: 'late' });
    await it.move(['2026-03-01'], { state: 'complete', presentPoints: 1, expectedPoints: 1 });
    await it.collect();
    await it.collect();
    expect(await it.tell()).toBe(3);
    expect(await it.tell()).toBe(0);
    expect(receivedEvents()).toEqual([
      'late began 2026-03-01',
      'late ended 2026-03-01',
      'complete happened 2026-03-01',
    ]);
    const [began] = receiver.taken();
    expect(began?.json).toMatchObject({
      ...{ dataset: DATASET, severity: 'warn', run_book: 'docs/recipes.md#a-day-is-late' },
      summary: `${DATASET}: 2026-03-01 is late: a deadline has passed without a publication`,
    });
    const events = await eventsSince(it.database, { since: 0, datasets: null, kinds: null, limit: 10 });
    expect(receiver.taken().map(({ json }) => json.cursor)).toEqual(events.map(({ id }) => id));
  });

  test('an outage of two hundred days is one message, and its end another', async () => {
    await it.subscribe(receiver.url, { kinds: null });
    const days = eachDay('2025-01-01', addDays('2025-01-01', 199));
    await it.move(days.slice(0, 20), { state: 'failed', error: 'SOURCE_UNREACHABLE: refused' });
    await it.collect();
    await it.tell();
    for (const day of days.slice(20))
      await it.move([day], { state: 'failed', error: 'SOURCE_UNREACHABLE: refused' });
    await it.collect();
    await it.tell();
    expect(receivedEvents()).toEqual(['failed began 2025-01-01']);
    expect(receiver.taken()[0]?.json.summary).toContain('20 days so far (2025-01-01 to 2025-01-20)');
    await it.move(days.slice(0, 199), { state: 'complete', error: null });
    await it.collect();
    await it.tell();
    expect(receivedEvents()).toHaveLength(1);
    await it.move(days.slice(199), { state: 'complete', error: null });
    await it.collect();
    await it.tell();
    expect(receivedEvents()).toEqual(['failed began 2025-01-01', 'failed ended 2025-01-01']);
    expect(receiver.taken()[1]?.json).toMatchObject({ severity: 'info', details: { days } });
    expect(await openIncidents(it.database)).toEqual([]);
  });

  test('a day that is quarantined since long ago hides no other', async () => {
    await it.subscribe(receiver.url);
    await it.move(['2025-10-01'], { state: 'quarantined' });
    await it.collect();
    await it.rows(`update ops.incident set grew_at = now() - interval '2 months'`);
    await it.move(['2025-12-01'], { state: 'quarantined' });
    await it.collect();
    await it.tell();
    expect(receivedEvents()).toEqual(['quarantined began 2025-10-01', 'quarantined began 2025-12-01']);
  });

  test('a failed attempt at a day that has its points is told, and so is that it is over', async () => {
    await it.subscribe(receiver.url);
    await it.move(['2025-11-01'], { state: 'complete' });
    await it.move(['2025-11-01'], { state: 'complete', error: 'ANSWER_BROKEN: no JSON' });
    await it.move(['2025-11-01'], { state: 'complete', error: 'ANSWER_BROKEN: no JSON again' });
    await it.move(['2025-11-01'], { state: 'complete', error: null });
    await it.collect();
    await it.tell();
    expect(receivedEvents()).toEqual([
      'complete happened 2025-11-01',
      'failed began 2025-11-01',
      'failed ended 2025-11-01',
    ]);
  });

  test('what is observed begins and ends once', async () => {
    await it.subscribe(receiver.url, { kinds: null });
    const worker = {
      kind: 'no_worker',
      dataset: null,
      subject: '',
      summary: 'no worker has been seen for 4 minutes',
    } as const;
    for (let n = 0; n < 3; n += 1)
      await collectObservations(it.database, { kinds: ['no_worker'], observed: [worker] });
    // What was not looked for goes on.
    await collectObservations(it.database, { kinds: ['feed_lag'], observed: [] });
    for (let n = 0; n < 3; n += 1)
      await collectObservations(it.database, { kinds: ['no_worker'], observed: [] });
    await it.tell();
    expect(receivedEvents()).toEqual(['no_worker began null', 'no_worker ended null']);
  });
});

describe('a subscription', () => {
  test('is told of its datasets, kinds and severities, from when it was made', async () => {
    await it.move(['2026-04-01'], { state: 'late' });
    await it.collect();
    await it.subscribe(receiver.url, { datasets: ['jao-core.atc'] });
    await it.subscribe(receiver.url, { kinds: ['complete'] });
    await it.subscribe(receiver.url, { kinds: null, severity: 'block' });
    await it.move(['2026-05-01'], { state: 'late' });
    await it.move(['2026-05-10'], { state: 'failed' });
    await it.move(['2026-05-20'], { state: 'complete' });
    await it.collect();
    await it.tell();
    expect(receivedEvents().sort()).toEqual(['complete happened 2026-05-20', 'failed began 2026-05-10']);
  });

  test('is signed, shows no secret, and can be tried, paused, resumed and removed', async () => {
    const { subscription, secret } = await it.subscribe(receiver.url);
    expect(JSON.stringify(subscription)).not.toContain('sesame');
    const key = await trySubscription(it.database, subscription, 'anna');
    expect(await it.tell()).toBe(1);
    const [message] = receiver.taken();
    expect(message?.key).toBe(key);
    expect(message && isSigned(message, secret ?? '')).toBe(true);
    expect(message && isSigned({ ...message, text: `${message.text} ` }, secret ?? '')).toBe(false);
    await pauseSubscription(it.database, subscription.id, { by: 'anna', why: 'moving' });
    await it.move(['2026-06-01'], { state: 'late' });
    await it.collect();
    expect(await it.tell()).toBe(0);
    await pauseSubscription(it.database, subscription.id, null);
    expect(await it.tell()).toBe(1);
    await removeSubscription(it.database, subscription.id, 'anna');
    await it.move(['2026-06-10'], { state: 'late' });
    await it.collect();
    expect(await it.tell()).toBe(0);
    expect(await it.rows('select * from ops.subscription_secret')).toEqual([]);
  });

  test('gets what came since in one digest, under one key however often it is tried', async () => {
    // Half a day from now: none ends while this runs.
    const digest = new Date(Date.now() + 12 * 3_600_000).toISOString().slice(11, 16);
    const { subscription } = await it.subscribe(receiver.url, { digest });
    await it.move(['2026-07-01'], { state: 'late' });
    await it.collect();
    await it.move(['2026-07-20'], { state: 'failed' });
    await it.collect();
    expect(await it.tell()).toBe(0);
    await it.rows('update ops.message set due_at = now()');
    receiver.conduct = (_, count) => ({ status: count === 0 ? 500 : 200 });
    await it.tell();
    // Sent once already: what happens now belongs to the next digest.
    await it.move(['2026-07-25'], { state: 'quarantined' });
    await it.collect();
    expect(await it.tell()).toBe(1);
    const { received } = receiver;
    expect(new Set(received.map(({ key }) => key)).size).toBe(1);
    expect(received[1]?.json.events).toHaveLength(2);
    expect(received[1]?.text).toBe(received[0]?.text);
    const waiting = await listMessages(it.database, {
      state: 'pending',
      subscription: subscription.id,
      limit: 5,
    });
    expect(waiting).toMatchObject([{ events: [expect.any(Number)], attempts: 0 }]);
  });

  test('what it refuses is a dead letter, which can be seen and sent again; what it was told can be told again', async () => {
    const { subscription } = await it.subscribe(receiver.url);
    receiver.conduct = () => ({ status: 410 });
    await it.move(['2026-08-01'], { state: 'late' });
    await it.collect();
    await it.tell();
    const dead = await listMessages(it.database, { state: 'dead', subscription: null, limit: 5 });
    expect(dead).toMatchObject([{ error: 'the receiver answered 410', attempts: 1 }]);
    receiver.conduct = () => ({ status: 200 });
    expect(await resendDead(it.database, null, null)).toBe(1);
    expect(await it.tell()).toBe(1);
    expect(await replayMessages(it.database, subscription.id, 0)).toBe(1);
    expect(await it.tell()).toBe(1);
    expect(new Set(receiver.received.map(({ key }) => key)).size).toBe(1);
    expect(receiver.received).toHaveLength(3);
  });

  test('a receiver that is slow, or forgets, is sent the same key again', async () => {
    await it.subscribe(receiver.url);
    receiver.conduct = (_, count) => (count === 0 ? 'hang' : count === 1 ? 'forget' : { status: 200 });
    await it.move(['2026-09-01'], { state: 'late' });
    await it.collect();
    // Only who is kept waiting gives up soon; a message must have come whole before that.
    const impatient = new Sender({ allowPrivate: true, receiverMs: 2_000 });
    expect([await it.tell(impatient), await it.tell(), await it.tell(), await it.tell()]).toEqual([
      ...[0, 0, 1, 0],
    ]);
    await impatient.close();
    expect(receiver.received).toHaveLength(3);
    expect(receiver.taken()).toHaveLength(1);
  });

  test('a receiver inside a private network is refused, by name and by address', async () => {
    const strict = new Sender({ allowPrivate: false });
    const port = new URL(receiver.url).port;
    const hosts = ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '0x7f.1', '169.254.169.254'];
    for (const [n, host] of hosts.entries()) {
      await startAfresh();
      await it.subscribe(`http://${host}:${port}/`);
      await it.move([`2026-10-0${n + 1}`], { state: 'late' });
      await it.collect();
      const [message] = await listMessages(it.database, { state: 'pending', subscription: null, limit: 1 });
      await expect(sendMessage(it.database, strict, message?.id ?? 0)).rejects.toThrow(
        'inside a private network',
      );
    }
    expect(receiver.received).toEqual([]);
    await strict.close();
  });
});
