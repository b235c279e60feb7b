/** Every way in which steps write, each with what others do meanwhile and later. Each case has two days of its own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { foldUnit } from '../../../../activities/fold/fold-unit.ts';
import { lockUnit } from '../../../../activities/fold/lock-unit.ts';
import { type Database, openDatabase, transaction } from '../../../../db/connection/client.ts';
import { insertErasure } from '../../../../db/queries/payloads/erasures.ts';
import { addDays, type CivilDay } from '../../../../domain/time/civil-day.ts';
import { TASK_QUEUE } from '../../../../domain/workflow/ids.ts';
import type { MaintenanceOutcome } from '../../../../domain/workflow/messages.ts';
import { startBackfill } from '../../../../temporal/backfills.ts';
import { runDay } from '../../../../temporal/days.ts';
import { decide } from '../../../../temporal/decisions.ts';
import { wakeDrain } from '../../../../temporal/drains.ts';
import { startErasure } from '../../../../temporal/erasures.ts';
import { startLoad } from '../../../../temporal/loads.ts';
import { startRebuild } from '../../../../temporal/rebuilds.ts';
import { until } from '../../../chaos/until.ts';
import { sampleBody } from '../../../support/sample-dataset.ts';
import { recordLines } from '../../../support/sample-record-dataset.ts';
import { storePayload } from '../../../support/store-payload.ts';
import type { TestEnvironment } from '../../../support/test-environment.ts';
import { BATCHES, DAYS, DERIVED, FILES, KEPT_A_WHILE, PARTS, PEOPLE, THINGS } from './datasets.ts';
import { type Publisher, rowsOf } from './publisher.ts';

/** What steps need besides the databases. */
export interface Surroundings {
  readonly testEnv: TestEnvironment;
  readonly publisher: Publisher;
  /** Files lie here. */
  readonly folder: string;
}

/** What is done about a day and the next one. */
export interface Way {
  readonly dataset: { readonly id: string };
  readonly shape: 'points' | 'records';
  /** Whether it is requested in parts. */
  readonly ofParts?: boolean;
  before?(it: Surroundings, day: CivilDay): Promise<unknown>;
  /** One attempt at one of its steps may be late. @returns what it came to, without instants and ids. */
  work(it: Surroundings, day: CivilDay): Promise<unknown>;
  /** Done by others, before the late one goes on: the same unit again, and the next. */
  next(it: Surroundings, day: CivilDay): Promise<unknown>;
}

/** What differs from one time to the next: instants, days and names. */
const PASSING = /^(startedAt|pollAgainInMs|runBefore|summary|day|from|to|file|linesPerSecond|secondsLeft)$/;
const plain = (result: unknown): unknown =>
  JSON.parse(
    JSON.stringify(result ?? null, (name, value) => (PASSING.test(name) ? undefined : (value as unknown))),
  );

const requested =
  ({ id }: { id: string }, value?: number) =>
  async ({ testEnv, publisher }: Surroundings, day: CivilDay) => {
    if (value === undefined) publisher.published.delete(day);
    else publisher.published.set(day, value);
    const run = await runDay(testEnv.temporal, { dataset: id, day, wait: false });
    return await run.result().then(plain, () => 'failed');
  };

const inTurn =
  (...acts: Way['next'][]) =>
  async (it: Surroundings, day: CivilDay) => {
    for (const act of acts) await act(it, day);
  };
const nextDay =
  (act: Way['next']): Way['next'] =>
  (it, day) =>
    act(it, addDays(day, 1));

const decided =
  (decision: 'absent' | 'expected') =>
  async ({ testEnv }: Surroundings, day: CivilDay) =>
    plain(
      await decide(testEnv.temporal, {
        ...{ dataset: DAYS.id, day, decision, by: 'anna', reason: decision },
      }),
    );

const backfilled =
  (value: number) =>
  async ({ testEnv, publisher }: Surroundings, day: CivilDay) => {
    const to = addDays(day, 1);
    for (const each of [day, to]) publisher.published.set(each, value);
    const range = { dataset: BATCHES.id, from: day, to, days: 'all' } as const;
    const { outcomes } = await (await startBackfill(testEnv.temporal, range)).result();
    return Object.entries(outcomes).map(([state, ranges]) => [state, ranges.length]);
  };

const loaded =
  (value: number, { id }: { id: string } = FILES) =>
  async ({ testEnv, folder }: Surroundings, day: CivilDay) => {
    const file = join(folder, `${id}-${day}-${value}.csv`);
    const lines = Array.from({ length: 144 }, (__, n) => {
      const at = new Date(Date.parse(`${day}T00:00:00Z`) + n * 600_000).toISOString();
      return `${at.slice(0, 19)}Z,${n === 7 ? value : 50 + n / 1_000}`;
    });
    writeFileSync(file, `${lines.join('\n')}\n`);
    return plain(await (await startLoad(testEnv.temporal, { dataset: id, file })).result());
  };

const thing = (day: CivilDay, price: number) =>
  recordLines([{ key: `a ${day}`, at: `${day}T10:00:00Z`, version: 1, body: { price } }]);

const sent =
  (price: number) =>
  async ({ testEnv }: Surroundings, day: CivilDay) => {
    const sender = openDatabase({ url: testEnv.databaseUrl, application: 'sender' });
    const bytes = thing(day, price);
    await sender.query('insert into ops.inbox (dataset, lines, size_bytes, bytes) values ($1, 1, $2, $3)', [
      ...[THINGS.id, bytes.length, bytes],
    ]);
    await sender.end();
    await wakeDrain(testEnv.temporal, THINGS.id);
    const isEmpty = async () => (await testEnv.rows('select from ops.inbox')).length === 0;
    await until('the inbox is empty', isEmpty);
  };

const loadedThings =
  (price: number) =>
  async ({ testEnv, folder }: Surroundings, day: CivilDay) => {
    const file = join(folder, `${day}-${price}.ndjson`);
    writeFileSync(file, thing(day, price));
    return plain(await (await startLoad(testEnv.temporal, { dataset: THINGS.id, file })).result());
  };

const held = (day: CivilDay, holder: string, version: number) =>
  ({ key: `${holder} ${day}`, at: `${day}T10:00:00Z`, version, body: { holder, price: version } }) as const;
const personOf = (day: CivilDay) => `anna-${day}`;
/** Something of that day, of a person who will be erased and of another. */
const kept =
  (version: number) =>
  async ({ testEnv: { database } }: Surroundings, day: CivilDay) => {
    const body = recordLines([held(day, personOf(day), version), held(day, 'otto', version)]);
    await storePayload(database, { dataset: PEOPLE.id, day, fetchedAt: new Date(), body });
    await folded(database, PEOPLE, day);
  };
const folded = (database: Database, dataset: Parameters<typeof lockUnit>[1], day: CivilDay) =>
  transaction(database, async (sql) => {
    await lockUnit(sql, dataset, day);
    await foldUnit(sql, dataset, day, {});
  });

export const WAYS = {
  'a day': {
    ...{ dataset: DAYS, shape: 'points' },
    work: requested(DAYS, 1),
    next: inTurn(requested(DAYS, 2), nextDay(requested(DAYS, 3)), requested(DAYS, 4)),
  },
  'a day that fails': {
    ...{ dataset: DAYS, shape: 'points' },
    work: requested(DAYS),
    next: inTurn(requested(DAYS, 2), nextDay(requested(DAYS)), requested(DAYS, 4)),
  },
  'a day of parts': {
    ...{ dataset: PARTS, shape: 'points', ofParts: true },
    work: requested(PARTS, 1),
    next: inTurn(requested(PARTS, 2), nextDay(requested(PARTS, 3))),
  },
  'a response that was stored late': {
    ...{ dataset: DAYS, shape: 'points' },
    before: async (it, day) => {
      await requested(DAYS, 1)(it, day);
      const body = sampleBody(rowsOf(day, 0, '').slice(0, 30));
      const fetchedAt = new Date('2024-01-01T00:00:00Z');
      await storePayload(it.testEnv.database, { dataset: DAYS.id, day, fetchedAt, body });
    },
    work: requested(DAYS, 2),
    next: inTurn(requested(DAYS, 3), nextDay(requested(DAYS, 3))),
  },
  'a computed day': {
    ...{ dataset: DERIVED, shape: 'points' },
    before: inTurn(requested(DAYS, 1), nextDay(requested(DAYS, 2))),
    work: requested(DERIVED, 0),
    next: inTurn(requested(DAYS, 5), requested(DERIVED, 5), nextDay(requested(DERIVED, 2))),
  },
  'a decision': {
    ...{ dataset: DAYS, shape: 'points' },
    work: decided('absent'),
    // Then it could be decided once more.
    next: inTurn(decided('expected'), nextDay(decided('absent'))),
  },
  'a rebuild': {
    ...{ dataset: DAYS, shape: 'points' },
    before: inTurn(requested(DAYS, 1), requested(DAYS, 2)),
    work: async ({ testEnv }, day) =>
      plain(await (await startRebuild(testEnv.temporal, { dataset: DAYS.id, from: day, to: day })).result()),
    next: inTurn(requested(DAYS, 3), nextDay(requested(DAYS, 3))),
  },
  'a backfill': {
    ...{ dataset: BATCHES, shape: 'points' },
    work: backfilled(1),
    next: inTurn(backfilled(2), backfilled(3)),
  },
  'a file of points': {
    ...{ dataset: FILES, shape: 'points' },
    work: loaded(1),
    next: inTurn(loaded(2), nextDay(loaded(3)), loaded(4)),
  },
  retention: {
    ...{ dataset: KEPT_A_WHILE, shape: 'points' },
    before: inTurn(loaded(1, KEPT_A_WHILE), nextDay(loaded(1, KEPT_A_WHILE))),
    work: async ({ testEnv: { temporal } }, day) => {
      const { droppedDays }: MaintenanceOutcome = await temporal.client.workflow.execute('maintainStorage', {
        ...{ workflowId: `maintenance:${day}`, taskQueue: TASK_QUEUE, args: [{ dataset: KEPT_A_WHILE.id }] },
      });
      return droppedDays > 0;
    },
    // Old days that are loaded again stay until the next time.
    next: loaded(2, KEPT_A_WHILE),
  },
  'a file of records': {
    ...{ dataset: THINGS, shape: 'records' },
    work: loadedThings(1),
    next: inTurn(loadedThings(2), nextDay(loadedThings(3))),
  },
  'lines that are pushed': {
    ...{ dataset: THINGS, shape: 'records' },
    work: sent(1),
    next: inTurn(sent(2), nextDay(sent(3)), sent(1)),
  },
  'an erasure': {
    ...{ dataset: PEOPLE, shape: 'records' },
    before: inTurn(kept(1), nextDay(kept(1))),
    work: async ({ testEnv: { database, temporal } }, day) => {
      const wanted = { person: personOf(day), mentions: [], by: 'anna', reason: 'asked for', dryRun: false };
      const id = await insertErasure(database, { dataset: PEOPLE.id, ...wanted });
      const { result } = await (await startErasure(temporal, PEOPLE.id, id)).result();
      return [result?.linesRemoved, result?.versionsRemoved, result?.payloadsRewritten, result?.leftOver];
    },
    next: inTurn(kept(2), nextDay(kept(2))),
  },
} satisfies Readonly<Record<string, Way>>;
