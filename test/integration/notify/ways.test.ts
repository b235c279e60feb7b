/** The command, the API, the page's answer and metrics: add, try, remove; Slack's form and mail; who tells while workers are away. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { keepSettled } from '../../../db/connection/database-clock.ts';
import { Sender, type SenderSettings } from '../../../notify/sender.ts';
import { tellIfNoWorker } from '../../../notify/without-worker.ts';
import {
  type Answer,
  type ApiEnvironment,
  answerOf,
  openApiEnvironment,
} from '../../support/api/api-environment.ts';
import { makeKey } from '../../support/api/keys.ts';
import { settingsOf, tidemark } from '../../support/command.ts';
import { CALM } from '../../support/notify/notified.ts';
import { type Receiver, startReceiver } from '../../support/notify/receiver.ts';
import { DATASET } from '../../support/test-environment.ts';

const SOURCES = { intervals: new Map(), outside: CALM };
const MAIL = { smtpUrl: 'smtp://127.0.0.1:9', mailFrom: 'tidemark@example.org' };

let testEnv: ApiEnvironment;
let receiver: Receiver;
let anna: { headers: Record<string, string> };
let reader: { headers: Record<string, string> };
beforeAll(async () => {
  testEnv = await openApiEnvironment({}, { notify: { allowPrivate: true, ...MAIL } });
  keepSettled(testEnv.deps.database);
  [anna, reader] = await Promise.all([
    makeKey(testEnv, { role: 'operator', name: 'anna' }),
    makeKey(testEnv, { role: 'reader', name: 'ben' }),
  ]);
});
afterAll(() => testEnv.close());
beforeEach(async () => {
  receiver = await startReceiver();
  await testEnv.rows('delete from ops.receiver');
  await testEnv.rows(
    `insert into ops.process (kind, host, pid, clock_ahead_seconds, datasets) values ('worker', 'gone', 1, 0, '{}') on conflict do nothing`,
  );
  await testEnv.rows(`update ops.process set seen_at = now() - interval '1 hour'`);
});
afterEach(() => receiver.close());

async function post(path: string, payload: object = {}, { headers } = anna): Promise<Answer> {
  const url = `/v1/notifications/receivers${path}`;
  return answerOf(await testEnv.api.inject({ method: 'POST', url, headers, payload }));
}
const list = async () => (await testEnv.get('/v1/notifications/receivers', anna)).json.data;
const overview = async (asker = reader) => (await testEnv.get('/v1/notifications', asker)).json;

/** What the API does by itself now and then. @returns how many messages were taken. */
async function tell(settings: Partial<SenderSettings> = {}): Promise<number> {
  const sender = new Sender({ allowPrivate: true, ...settings });
  await testEnv.rows(`update ops.told set tried_at = tried_at - interval '2 hours'`);
  return await tellIfNoWorker(testEnv.deps.database, sender, SOURCES).finally(() => sender.close());
}

describe('the API', () => {
  test('adds a receiver, tells it what no worker can, and shows no secret anywhere', async () => {
    const made = await post('', { name: 'desk', channel: 'webhook', address: receiver.url });
    expect(made).toMatchObject({ status: 201, json: { secret: expect.stringMatching(/^whsec_/) } });
    const { id } = made.json.receiver;
    expect((await post(`/${id}/test`)).status).toBe(200);
    // The worker was last seen an hour ago.
    expect(await tell()).toBe(2);
    expect(receiver.taken().map(({ json }) => json.cause)).toEqual(['test', 'no_worker']);
    const answer = await overview();
    expect(answer).toMatchObject({
      ...{ working: true, receivers: 1, waiting: 0 },
      incidents: [{ cause: 'no_worker', dataset: null, run_book: 'docs/recipes.md#no-worker' }],
    });
    const audit = (await testEnv.deps.database.query('select * from ops.audit')).rows;
    const shown = JSON.stringify([await list(), audit, answer]);
    expect(shown).not.toContain('sesame');
    expect(shown).not.toContain(made.json.secret);
    expect(await post(`/${id}/remove`)).toMatchObject({ status: 200 });
    expect(await list()).toEqual([]);
  });

  test('refuses what would be refused later, names every wrong field, and never repeats an address', async () => {
    const wrong = { name: ' ', channel: 'webhook', address: 'https://u:sesame@x.test/' };
    const { status, json, text } = await post('', wrong);
    expect(status).toBe(422);
    expect(json.errors.map(({ field }: { field: string }) => field)).toEqual(['name', 'address']);
    expect(text).not.toContain('sesame');
    expect((await post('', wrong, reader)).status).toBe(403);
    expect((await post('/rcv-00000000/test')).status).toBe(404);
    expect(await list()).toEqual([]);
  });

  test('page, API, metrics and messages say the same of a day, at once', async () => {
    await post('', { name: 'desk', channel: 'webhook', address: receiver.url });
    await tell();
    const figures = async () => (await testEnv.get('/metrics', reader)).text;
    const gauge = `tidemark_incidents_open{cause="quarantined",dataset="${DATASET}"} 1`;
    await testEnv.rows(
      `insert into ops.delivery_day (dataset, day, state) values ($1, '2026-01-01', 'quarantined')`,
      [DATASET],
    );
    expect((await overview()).incidents[1]).toMatchObject({ cause: 'quarantined', days: ['2026-01-01'] });
    expect(await figures()).toContain(gauge);
    expect(await tell()).toBe(1);
    await testEnv.rows(`update ops.delivery_day set state = 'complete'`);
    expect((await overview()).incidents).toHaveLength(1);
    expect(await figures()).not.toContain(gauge);
    expect(await tell()).toBe(1);
    const [, opened, over] = receiver.taken();
    expect([opened?.json.phase, over?.json.phase]).toEqual(['opened', 'over']);
  });

  test('says that a receiver is not told, to those who may see it', async () => {
    receiver.conduct = () => ({ status: 404 });
    const { json } = await post('', { name: 'desk', channel: 'webhook', address: receiver.url });
    const { id } = json.receiver;
    await tell();
    expect((await list())[0]).toMatchObject({ waiting: 1, error: 'the receiver answered 404' });
    await testEnv.rows(`update ops.told set opened_at = now() - interval '2 hours'`);
    const status = await tidemark(settingsOf(testEnv), 'status');
    expect(status.stderr).toContain(`NOTIFICATIONS FAIL: ${id} has not been told`);
    const limited = await makeKey(testEnv, { role: 'reader', name: 'cleo', datasets: [DATASET] });
    expect(await overview()).toMatchObject({ working: false, receivers: 1, waiting: 1 });
    expect(JSON.stringify((await overview()).incidents)).toContain(id);
    expect(await overview(limited)).toMatchObject({ working: true, faults: [], receivers: 0, waiting: 0 });
    expect(JSON.stringify(await overview(limited))).not.toContain(id);
    expect((await testEnv.get('/metrics', reader)).text).toContain('tidemark_notifications_working 0');
  });

  test('says that nobody looks, and what could not be checked', async () => {
    await post('', { name: 'desk', channel: 'webhook', address: receiver.url });
    await testEnv.rows(`update ops.receiver set checked_at = now() - interval '10 minutes'`);
    expect((await overview()).faults).toEqual([expect.stringContaining('nobody has looked for 10 minutes')]);
  });
});

test('a worker that has ended as it should is missed all the same', async () => {
  await testEnv.rows('delete from ops.process');
  await testEnv.rows(
    `insert into ops.poll (dataset, polled_at) values ($1, now() - interval '10 minutes')
     on conflict (dataset) do update set polled_at = excluded.polled_at`,
    [DATASET],
  );
  await post('', { name: 'desk', channel: 'webhook', address: receiver.url });
  expect(await tell()).toBe(1);
  expect(receiver.taken().map((each) => each.json.summary)).toEqual([
    'no worker has been seen for 10 minutes',
  ]);
});

test('the command adds, lists, tries and removes', async () => {
  const settings = { ...settingsOf(testEnv), NOTIFY_PRIVATE_ADDRESSES: 'allow' };
  const notify = (...args: string[]) => tidemark(settings, 'notify', ...args);
  const desk = ['add', '--name', 'desk', '--channel', 'webhook', '--to'];
  const added = await notify(...desk, receiver.url, '--dataset', DATASET, '--json');
  expect(added.code).toBe(0);
  const { id } = JSON.parse(added.stdout);
  const listed = await notify('list');
  expect(listed.stdout).toContain(DATASET);
  expect(listed.stdout).not.toContain('sesame');
  expect((await notify('test', id)).stdout).toContain('is sent a message within a minute');
  expect((await notify('remove', id)).code).toBe(0);
  expect((await notify('list')).stdout).toContain('nobody is notified');
  const strict = await tidemark(settingsOf(testEnv), 'notify', ...desk, receiver.url);
  expect(strict).toMatchObject({ code: 2, stderr: expect.stringContaining('inside a private network') });
  expect(strict.stderr).not.toContain('sesame');
  expect(await list()).toEqual([]);
});

describe('other forms', () => {
  test('Slack gets a text that calls nobody and links nowhere but to the run-book and the page', async () => {
    await post('', { name: 'chat', channel: 'slack', address: receiver.url });
    const host = '<!channel> & <https://x.test|y>';
    await testEnv.rows(
      `insert into ops.process (kind, host, pid, clock_ahead_seconds, datasets) values ('api', $1, 9, -3, '{}')`,
      [host],
    );
    const page = 'https://tidemark.example';
    await tell({ links: { runBooks: 'https://git.example/tidemark/', page } });
    await testEnv.rows(`delete from ops.process where kind = 'api'`);
    expect(receiver.received.map((each) => each.json)).toContainEqual({
      text: `:large_orange_circle: the clock of api on &lt;!channel&gt; &amp; &lt;https://x.test|y&gt; is 3.0 s behind the database's (what to do: https://git.example/tidemark/docs/recipes.md#a-clock-is-off; more: ${page}/#/notifications)`,
    });
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
    const mailing = { ...MAIL, smtpUrl: `smtp://127.0.0.1:${port}` };
    const { json } = await post('', { name: 'desk', channel: 'mail', address: 'desk@example.org' });
    expect(json.receiver.place).toBe('d…@example.org');
    expect(await tell(mailing)).toBe(0);
    expect(await tell(mailing)).toBe(1);
    const ids = mails.map((mail) => /^Message-ID: (\S+)/im.exec(mail)?.[1]);
    expect(ids[0]).toBe(ids[1]);
    expect(mails[1]).toContain('no worker has been seen');
    await new Promise<void>((resolve) => smtp.close(() => resolve()));
  });
});
