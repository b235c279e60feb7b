/** Ways in which steps write, each with what others do meanwhile and later. Each case has two days of its own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../../../../db/connection/client.ts';
import { addDays, type CivilDay } from '../../../../domain/time/civil-day.ts';
import { runDay } from '../../../../temporal/days.ts';
import { wakeDrain } from '../../../../temporal/drains.ts';
import { startLoad } from '../../../../temporal/loads.ts';
import { until } from '../../../chaos/until.ts';
import { recordLines } from '../../../support/sample-record-dataset.ts';
import type { TestEnvironment } from '../../../support/test-environment.ts';
import { DAYS, FILES, THINGS } from './datasets.ts';
import type { Publisher } from './publisher.ts';

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

const loaded =
  (value: number) =>
  async ({ testEnv, folder }: Surroundings, day: CivilDay) => {
    const file = join(folder, `${day}-${value}.csv`);
    const lines = Array.from({ length: 144 }, (__, n) => {
      const at = new Date(Date.parse(`${day}T00:00:00Z`) + n * 600_000).toISOString();
      return `${at.slice(0, 19)}Z,${n === 7 ? value : 50 + n / 1_000}`;
    });
    writeFileSync(file, `${lines.join('\n')}\n`);
    return plain(await (await startLoad(testEnv.temporal, { dataset: FILES.id, file })).result());
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
  'a file of points': {
    ...{ dataset: FILES, shape: 'points' },
    work: loaded(1),
    next: inTurn(loaded(2), nextDay(loaded(3)), loaded(4)),
  },
  'lines that are pushed': {
    ...{ dataset: THINGS, shape: 'records' },
    work: sent(1),
    next: inTurn(sent(2), nextDay(sent(3)), sent(1)),
  },
} satisfies Readonly<Record<string, Way>>;
