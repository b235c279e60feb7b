/**
 * The stream of events, on this machine alone: how many are accepted in a second (in the inbox, synced to disk), how long until SQL sees
 * them, and whether anything is lost or doubled when API and worker are killed while events come.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type EventsSystem, openEventsSystem } from './events-system.ts';

const A_REQUEST = 200;
const SENDERS = 4;
const TARGET_A_SECOND = 5_000;
const TARGET_P95_MS = 2_000;

let made = 0;

/** Ids count up, so that what is there can be seen from a range. */
function nextEvents(count: number): { ids: string[]; body: string } {
  const ids = Array.from({ length: count }, () => `e${String(made++).padStart(9, '0')}`);
  const time = new Date().toISOString();
  const line = (id: string, i: number) =>
    JSON.stringify({
      ...{
        id,
        type: 'ArticleAddedToCart',
        time,
        version: 1,
        user_id: `u${i % 97}`,
        related_id: `c${i % 31}`,
      },
      ...{
        article_id: `a${i % 53}`,
        price: (i % 100) + 0.99,
        currency: 'EUR',
        name: 'Jane Doe',
        email: 'jane@example.org',
      },
    });
  return { ids, body: ids.map(line).join('\n') };
}

/** Sends until it is acknowledged, as a sender at the door would. */
async function send({ url, secret }: EventsSystem, body: string): Promise<void> {
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/x-ndjson' };
  for (;;) {
    const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => undefined);
    const status = answer?.status;
    await answer?.arrayBuffer().catch(() => undefined);
    if (status === 202) return;
    if (status !== undefined && status !== 503) throw new Error(`the API answered ${status}`);
    await sleep(50);
  }
}

async function visible({ database }: EventsSystem): Promise<number> {
  // The ledger's count moves in the same transaction; counting the events themselves would be most of the work.
  const { rows } = await database.query<{ n: number }>(
    `select coalesce(sum(present_points), 0)::int as n from ops.delivery_day where dataset = 'checkout.events'`,
  );
  return rows[0]?.n ?? 0;
}

async function untilVisible(system: EventsSystem, count: number): Promise<void> {
  while ((await visible(system)) < count) await sleep(100);
}

async function throughput(system: EventsSystem, count: number): Promise<void> {
  const startMs = performance.now();
  const untilMade = made + count;
  const lane = async () => {
    while (made < untilMade) await send(system, nextEvents(A_REQUEST).body);
  };
  await Promise.all(Array.from({ length: SENDERS }, lane));
  const acceptedMs = performance.now() - startMs;
  await untilVisible(system, made);
  const visibleMs = performance.now() - startMs;
  const rate = (ms: number) => Math.round((count / ms) * 1_000);
  const ratio = (rate(acceptedMs) / TARGET_A_SECOND).toFixed(2);
  console.log(
    `accepted      ${rate(acceptedMs)} events/s (${count} in requests of ${A_REQUEST}): ${ratio} × the target of ${TARGET_A_SECOND}`,
  );
  console.log(
    `visible       ${rate(visibleMs)} events/s, from the first that was sent to the last that is seen`,
  );
}

/** @param aSecond how many are sent, evenly. */
async function latency(system: EventsSystem, aSecond: number, seconds: number): Promise<void> {
  const waits: number[] = [];
  const pending = new Map<string, number>();
  const requests = (aSecond * seconds) / A_REQUEST;
  let sending = true;
  const look = async () => {
    while (sending || pending.size > 0) {
      const { rows } = await system.database.query<{ key: string }>(
        'select key from checkout.events where key = any($1)',
        [[...pending.keys()]],
      );
      const nowMs = performance.now();
      for (const { key } of rows) {
        waits.push(nowMs - (pending.get(key) ?? nowMs));
        pending.delete(key);
      }
      await sleep(10);
    }
  };
  const looking = look();
  const startMs = performance.now();
  const sent: Promise<void>[] = [];
  for (let i = 0; i < requests; i += 1) {
    await sleep(Math.max(0, startMs + (i * 1_000 * A_REQUEST) / aSecond - performance.now()));
    const { ids, body } = nextEvents(A_REQUEST);
    pending.set(ids.at(-1) ?? '', performance.now());
    sent.push(send(system, body));
  }
  await Promise.all(sent);
  sending = false;
  await looking;
  waits.sort((a, b) => a - b);
  const at = (share: number) => Math.round(waits[Math.floor((waits.length - 1) * share)] ?? 0);
  const ratio = (at(0.95) / TARGET_P95_MS).toFixed(2);
  console.log(
    `until SQL     p50 ${at(0.5)} ms, p95 ${at(0.95)} ms at ${aSecond} events/s, sending included: p95 is ${ratio} × the target of ${TARGET_P95_MS}`,
  );
}

async function underKill(system: EventsSystem, requests: number): Promise<void> {
  const before = made;
  let left = requests;
  const lane = async () => {
    while (left-- > 0) await send(system, nextEvents(A_REQUEST).body);
  };
  const sending = Promise.all(Array.from({ length: SENDERS }, lane));
  const kills = ['worker', 'api', 'worker', 'api'] as const;
  for (const program of kills) {
    await sleep(700);
    await system.replace(program);
  }
  await sending;
  await untilVisible(system, made);
  const { rows } = await system.database.query<{ events: number; versions: number }>(
    `select (select count(*) from checkout.events) as events, (select count(*) from checkout.events_versions) as versions`,
  );
  const [{ events, versions } = { events: 0, versions: 0 }] = rows;
  console.log(
    `under SIGKILL of worker and API, ${kills.length} times: ${made - before} sent until acknowledged, ${made - events} lost, ${versions - events} doubled`,
  );
}

const system = await openEventsSystem();
try {
  await throughput(system, 20_000);
  await throughput(system, 200_000);
  await latency(system, 5_000, 10);
  await underKill(system, 400);
} finally {
  await system.close();
}
