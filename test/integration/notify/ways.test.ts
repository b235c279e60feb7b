/** The command and the API: subscribe, try, pause, resend, replay, remove; Slack's form and mail; what stands in when workers are away. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { collectObservations } from '../../../notify/collect.ts';
import { Sender } from '../../../notify/sender.ts';
import { checkOnce } from '../../../notify/stand-in.ts';
import {
  type Answer,
  type ApiEnvironment,
  answerOf,
  openApiEnvironment,
} from '../../support/api/api-environment.ts';
import { makeKey } from '../../support/api/keys.ts';
import { settingsOf, tidemark } from '../../support/command.ts';
import { type Receiver, startReceiver } from '../../support/notify/receiver.ts';

let testEnv: ApiEnvironment;
let receiver: Receiver;
let sender: Sender;
let anna: { headers: Record<string, string> };
let reader: { headers: Record<string, string> };
beforeAll(async () => {
  testEnv = await openApiEnvironment();
  sender = new Sender({ allowPrivate: true });
  [anna, reader] = await Promise.all([
    makeKey(testEnv, { role: 'operator', name: 'anna' }),
    makeKey(testEnv, { role: 'reader', name: 'ben' }),
  ]);
});
afterAll(async () => {
  await sender.close();
  await testEnv.close();
});
beforeEach(async () => {
  receiver = await startReceiver();
  await testEnv.rows(
    `insert into ops.process (kind, host, pid, clock_ahead_seconds, datasets) values ('worker', 'gone', 1, 0, '{}') on conflict do nothing`,
  );
  await testEnv.rows(`update ops.process set seen_at = now() - interval '1 hour'`);
});
afterEach(() => receiver.close());

async function post(path: string, payload: object = {}, { headers } = anna): Promise<Answer> {
  return answerOf(
    await testEnv.api.inject({
      method: 'POST',
      url: `/v1/notifications/subscriptions${path}`,
      headers,
      payload,
    }),
  );
}
const list = async () => (await testEnv.get('/v1/notifications/subscriptions', anna)).json.data;

/** Whoever may read one dataset alone is told nothing of the subscriptions of others. */
async function othersDoNotSee(id: string): Promise<void> {
  const summary = `${id} does not get it`;
  await collectObservations(testEnv.database, {
    kinds: ['undelivered'],
    observed: [{ kind: 'undelivered', dataset: null, subject: id, summary }],
  });
  const limited = await makeKey(testEnv, {
    ...{ role: 'reader', name: 'cleo' },
    datasets: ['jao-core.max-exchanges'],
  });
  const overview = async (asker: typeof reader) => (await testEnv.get('/v1/notifications', asker)).json;
  const events = async (asker: typeof reader) =>
    (await testEnv.get('/v1/notifications/events?since=0', asker)).json;
  expect(await overview(reader)).toMatchObject({ working: false, subscriptions: 1, dead: 1 });
  expect(JSON.stringify(await overview(reader))).toContain(summary);
  expect(JSON.stringify(await events(reader))).toContain(summary);
  expect(await overview(limited)).toMatchObject({ working: true, faults: [], subscriptions: 0, dead: 0 });
  expect(JSON.stringify([await overview(limited), await events(limited)])).not.toContain(id);
  expect((await events(limited)).cursor).toBe((await events(reader)).cursor);
}

describe('the API', () => {
  test('subscribes, tells what no worker can, and shows no secret anywhere', async () => {
    const made = await post('', { name: 'desk', channel: 'webhook', address: receiver.url });
    expect(made).toMatchObject({ status: 201, json: { secret: expect.stringMatching(/^whsec_/) } });
    const { id } = made.json.subscription;
    expect((await post(`/${id}/test`)).status).toBe(200);
    // The worker was last seen an hour ago.
    expect(await checkOnce(testEnv.deps.database, sender)).toBe(2);
    expect(
      receiver
        .taken()
        .map(({ json }) => json.kind)
        .sort(),
    ).toEqual(['no_worker', 'test']);
    const { json: overview } = await testEnv.get('/v1/notifications', reader);
    expect(overview).toMatchObject({ working: true, incidents: [{ kind: 'no_worker', dataset: null }] });
    const { json: events } = await testEnv.get('/v1/notifications/events?since=0', reader);
    expect(events.data.map(({ kind }: { kind: string }) => kind)).toEqual(['test', 'no_worker']);
    const shown = JSON.stringify([
      await list(),
      (await testEnv.deps.database.query('select * from ops.audit')).rows,
      overview,
      events,
    ]);
    expect(shown).not.toContain('sesame');
    expect(shown).not.toContain(made.json.secret);
    expect(await post(`/${id}/remove`)).toMatchObject({ status: 200 });
    expect(await list()).toEqual([]);
  });

  test('names every wrong field, and never repeats an address', async () => {
    const wrong = {
      name: 'x',
      channel: 'pigeon',
      address: 'https://u:sesame@x.test/',
      hours: '9-5',
      digest: 'weekly',
      kinds: ['nope'],
    };
    const { status, json, text } = await post('', wrong);
    expect(status).toBe(422);
    expect(json.errors.map(({ field }: { field: string }) => field).sort()).toEqual([
      'address',
      'channel',
      'digest',
      'hours',
      'kinds',
    ]);
    expect(text).not.toContain('sesame');
    expect((await post('', wrong, reader)).status).toBe(403);
    expect((await post('/sub-00000000/test')).status).toBe(404);
  });

  test('shows dead letters and sends them again', async () => {
    receiver.conduct = (_, count) => ({ status: count === 0 ? 404 : 200 });
    const { json } = await post('', {
      ...{ name: 'desk', channel: 'webhook', kinds: ['late'] },
      address: receiver.url,
    });
    const { id } = json.subscription;
    await post(`/${id}/test`);
    await checkOnce(testEnv.deps.database, sender);
    const dead = (await testEnv.get(`/v1/notifications/messages?state=dead&subscription=${id}`, anna)).json
      .data;
    expect(dead).toMatchObject([{ state: 'dead', error: 'RECEIVER_REFUSED: the receiver answered 404' }]);
    const status = await tidemark(settingsOf(testEnv), 'status');
    expect(status.stderr).toContain(`NOTIFICATIONS FAIL: ${id} has 1 dead letters`);
    await othersDoNotSee(id);
    const metrics = (await testEnv.get('/metrics', reader)).text;
    expect(metrics).toContain('tidemark_notifications_working 0');
    expect((await post(`/${id}/resend`)).json.messages).toBe(1);
    await checkOnce(testEnv.deps.database, sender);
    expect(receiver.taken()).toHaveLength(1);
    expect((await post(`/${id}/replay`, { since: 0 })).json.summary).toContain('1 messages');
    await post(`/${id}/remove`);
  });
});

test('a worker that has ended as it should is missed all the same', async () => {
  await testEnv.rows('delete from ops.process');
  await testEnv.rows('update ops.incident set ended_at = now()');
  await testEnv.rows(
    `insert into ops.poll (dataset, polled_at) values ($1, now() - interval '10 minutes')
     on conflict (dataset) do update set polled_at = excluded.polled_at`,
    ['jao-core.max-exchanges'],
  );
  const { json } = await post('', { name: 'desk', channel: 'webhook', address: receiver.url });
  expect(await checkOnce(testEnv.deps.database, sender)).toBe(1);
  expect(receiver.taken().map((each) => each.json.summary)).toEqual([
    'no worker has been seen for 10 minutes',
  ]);
  await post(`/${json.subscription.id}/remove`);
});

describe('the command', () => {
  const notify = (...args: string[]) => tidemark(settingsOf(testEnv), 'notify', ...args);

  test('subscribes, lists, tries, pauses, resumes and removes', async () => {
    const added = await notify(
      'add',
      '--name',
      'desk',
      '--channel',
      'webhook',
      '--to',
      receiver.url,
      '--kind',
      'late',
      '--kind',
      'complete',
      '--hours',
      '07:00-19:00',
      '--time-zone',
      'Europe/Amsterdam',
      '--json',
    );
    expect(added.code).toBe(0);
    const { id } = JSON.parse(added.stdout);
    const listed = await notify('list');
    expect(listed.stdout).toContain('late, complete, from 07:00 to 19:00 (Europe/Amsterdam)');
    expect(listed.stdout).not.toContain('sesame');
    expect((await notify('test', id)).stdout).toContain('is on its way');
    expect((await notify('pause', id, '--reason', 'moving')).code).toBe(0);
    expect((await notify('list')).stdout).toContain('nothing: paused by');
    expect((await notify('resume', id)).code).toBe(0);
    expect((await notify('dead')).stdout).toContain('there is no dead letter');
    expect((await notify('replay', id, '--since', '0')).code).toBe(0);
    expect((await notify('remove', id)).code).toBe(0);
    expect((await notify('list')).stdout).toContain('nobody is notified');
    const wrong = await notify(
      'add',
      '--name',
      'desk',
      '--channel',
      'mail',
      '--to',
      'sesame',
      '--digest',
      'weekly',
    );
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--digest is "weekly": write "hourly" or a time such as 07:30'),
    });
    expect(wrong.stderr).not.toContain('sesame');
  });
});

describe('other forms', () => {
  test('Slack gets a text that calls nobody and links nowhere but to the run-book and the page', async () => {
    const linking = new Sender({
      allowPrivate: true,
      links: { runBooks: 'https://git.example/tidemark/', page: 'https://tidemark.example' },
    });
    const { json } = await post('', {
      name: 'chat',
      channel: 'slack',
      address: receiver.url,
      kinds: ['clock_off'],
    });
    const summary = 'the clock of <!channel> & <https://x.test|y> is off';
    await collectObservations(testEnv.database, {
      kinds: ['clock_off'],
      observed: [{ kind: 'clock_off', dataset: null, subject: 'x', summary }],
    });
    await checkOnce(testEnv.deps.database, linking);
    await linking.close();
    expect(receiver.received.map((each) => each.json)).toEqual([
      {
        text: ':large_orange_circle: the clock of &lt;!channel&gt; &amp; &lt;https://x.test|y&gt; is off (what to do: https://git.example/tidemark/docs/recipes.md#a-clock-is-off; more: https://tidemark.example/)',
      },
    ]);
    await post(`/${json.subscription.id}/remove`);
  });

  test('mail goes by SMTP, under the same message id with every attempt', async () => {
    const mails: string[] = [];
    const smtp = new SMTPServer({
      ...{ authOptional: true, disabledCommands: ['STARTTLS'] },
      onData(stream, _session, done) {
        let text = '';
        stream.on('data', (part) => {
          text += part;
        });
        stream.on('end', () => {
          mails.push(text);
          done(mails.length === 1 ? Object.assign(new Error('later'), { responseCode: 451 }) : null);
        });
      },
    });
    const server = smtp.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const mailing = new Sender({
      allowPrivate: false,
      smtpUrl: `smtp://127.0.0.1:${port}`,
      mailFrom: 'tidemark@example.org',
    });
    const { json } = await post('', {
      name: 'desk',
      channel: 'mail',
      address: 'desk@example.org',
      kinds: ['late'],
    });
    expect(json.subscription.place).toBe('d…@example.org');
    await post(`/${json.subscription.id}/test`);
    expect(await checkOnce(testEnv.deps.database, mailing)).toBe(0);
    expect(await checkOnce(testEnv.deps.database, mailing)).toBe(1);
    const ids = mails.map((mail) => /^Message-ID: (\S+)/im.exec(mail)?.[1]);
    expect(ids[0]).toBe(ids[1]);
    expect(mails[1]).toContain('anna_tries_the_subscription');
    await new Promise<void>((resolve) => smtp.close(() => resolve()));
    await mailing.close();
  });
});
