/** Does each class of failure get the repetitions that help it, and no others? */

import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, test, vi } from 'vitest';
import { temporalActivity } from '../../../../activities/temporal-activity.ts';
import { explainRefusal, isPassingStorageFailure } from '../../../../db/connection/failure.ts';
import {
  FAILURES,
  Failure,
  type FailureCode,
  isFailureCode,
  retryDelayMs,
} from '../../../../domain/workflow/failures.ts';

/** Failures are what these tests are about; nobody has to read each in the log too. */
const quiet = { logger: new DefaultLogger('ERROR', () => {}) };
const codes = Object.keys(FAILURES) as FailureCode[];

describe('the table', () => {
  test('transient failures back off, five times', () => {
    expect([1, 2, 3, 4, 5, 6].map((count) => retryDelayMs('SOURCE_ERROR', count))).toEqual([
      1_000,
      3_000,
      9_000,
      27_000,
      60_000,
      null,
    ]);
  });

  test('throttled ones wait at least the quota window', () => {
    expect(retryDelayMs('SOURCE_THROTTLED', 1)).toBeGreaterThanOrEqual(60_000);
  });

  test('attempts that end without a word are tried again later and later, four times', () => {
    expect([1, 2, 3, 4, 5].map((count) => retryDelayMs('ATTEMPT_LOST', count))).toEqual([
      2_000,
      6_000,
      18_000,
      54_000,
      null,
    ]);
  });

  test('the database is waited for as long as it takes', () => {
    expect(retryDelayMs('STORAGE_UNAVAILABLE', 10_000)).toBe(15_000);
  });

  test('what no repetition helps is not repeated', () => {
    for (const code of codes.filter((code) =>
      ['contract_broken', 'bad_request'].includes(FAILURES[code].class),
    )) {
      expect(retryDelayMs(code, 1)).toBeNull();
    }
  });

  test('codes are told from other strings', () => {
    expect(codes.every(isFailureCode)).toBe(true);
    expect([undefined, 'toString', 'NOPE', 7].some(isFailureCode)).toBe(false);
  });
});

describe('translated for Temporal', () => {
  test('code, summary and delay come from the failure', async () => {
    expect(await failuresOf([new Failure('SOURCE_ERROR', 'it answered 503')])).toMatchObject([
      { type: 'SOURCE_ERROR', message: 'it answered 503', nonRetryable: false, nextRetryDelay: 1_000 },
    ]);
  });

  test('the last attempt is the last', async () => {
    const six = await failuresOf(Array.from({ length: 6 }, () => new Failure('SOURCE_ERROR', 'x')));
    expect(six.map(({ nonRetryable }) => nonRetryable)).toEqual([false, false, false, false, false, true]);
    expect(await failuresOf([new Failure('ANSWER_BROKEN', 'x')])).toMatchObject([{ nonRetryable: true }]);
  });

  test('Retry-After lengthens the delay and never shortens it', async () => {
    const throttled = (retryAfterMs: number) => new Failure('SOURCE_THROTTLED', 'x', { retryAfterMs });
    const delays = await failuresOf([throttled(90_000), throttled(1)]);
    expect(delays.map(({ nextRetryDelay }) => nextRetryDelay)).toEqual([90_000, 60_000]);
  });

  test('a database that is away is waited for; a defect is told as one, and given up in the end', async () => {
    const away = Array.from({ length: 100 }, () => refused());
    expect((await failuresOf(away)).at(-1)).toMatchObject({
      type: 'STORAGE_UNAVAILABLE',
      nonRetryable: false,
    });
    const defects = await failuresOf(Array.from({ length: 6 }, () => new TypeError('x is not a function')));
    expect(defects[0]).toMatchObject({ type: 'UNEXPECTED', nonRetryable: false });
    expect(defects[5]).toMatchObject({ type: 'UNEXPECTED', nonRetryable: true });
  });

  test('what is Temporal’s already stays as it is', async () => {
    const failure = ApplicationFailure.nonRetryable('done', 'X');
    expect(await failuresOf([failure])).toEqual([failure]);
  });
});

describe('attempts of several kinds', () => {
  const error503 = () => new Failure('SOURCE_ERROR', 'it answered 503');
  const LOST = 'lost' as const;

  test('an outage of our database takes no attempt away from a source that stumbles afterwards', async () => {
    const seen = await failuresOf([
      ...Array.from({ length: 20 }, () => refused()),
      ...Array.from({ length: 6 }, error503),
    ]);
    expect(seen.slice(20).map(({ nextRetryDelay }) => nextRetryDelay)).toEqual([
      1_000,
      3_000,
      9_000,
      27_000,
      60_000,
      undefined,
    ]);
  });

  test('an attempt that ends without a word is told by the next, which begins nothing', async () => {
    const begun: number[] = [];
    const [failure] = await failuresOf([LOST, error503()], (attempt) => begun.push(attempt));
    expect(failure).toMatchObject({ type: 'ATTEMPT_LOST', nonRetryable: false });
    expect(failure?.message).toContain('Attempt 1 of ');
    expect(failure?.nextRetryDelay).toBeGreaterThanOrEqual(2_000);
    expect(begun).toEqual([1, 3]);
  });

  test('five such attempts in a row are the end: it may be the payload', async () => {
    const seen = await failuresOf([LOST, LOST, LOST, LOST, LOST]);
    expect(seen.map(({ type, nonRetryable }) => [type, nonRetryable])).toEqual([
      ...Array.from({ length: 4 }, () => ['ATTEMPT_LOST', false]),
      ['ATTEMPT_LOST', true],
    ]);
  });

  test('attempts lost now and then in a long outage of the database are not', async () => {
    const outage = Array.from({ length: 40 }, () => [refused(), LOST]).flat();
    const seen = await failuresOf(outage);
    expect(seen.filter(({ type }) => type === 'ATTEMPT_LOST')).toHaveLength(40);
    expect(seen.some(({ nonRetryable }) => nonRetryable)).toBe(false);
  });

  test('an attempt that was at work to the end of its time was kept waiting: that is never the end', async () => {
    const details = await heartbeatsOf(295_000);
    const next = (attempt: number, heartbeatDetails: unknown) =>
      failureOf({ attempt, heartbeatDetails, startToCloseTimeoutMs: 300_000 });
    for (let attempt = 2; attempt < 50; attempt++) {
      const { aliveMs } = details.at(-1) as { aliveMs: number };
      const failure = await next(attempt, { accounted: attempt - 2, failures: {}, aliveMs });
      expect(failure).toMatchObject({ type: 'STEP_TIMEOUT', nonRetryable: false });
      expect(failure.message).toContain(`Attempt ${attempt - 1} of `);
    }
    const died = (await heartbeatsOf(100_000)).at(-1);
    expect(await next(2, died)).toMatchObject({ type: 'ATTEMPT_LOST' });
  });

  test('a worker that is told to stop loses nothing', async () => {
    const seen = await failuresOf([new CancelledFailure('WORKER_SHUTDOWN'), error503()]);
    expect(seen).toMatchObject([{ message: 'WORKER_SHUTDOWN' }, { type: 'SOURCE_ERROR' }]);
  });

  test('an activity that began before attempts were counted goes on, however many it had', async () => {
    const environment = new MockActivityEnvironment({ attempt: 500, heartbeatDetails: undefined }, quiet);
    const seen = await environment.run(temporalActivity(work), undefined).catch((error: unknown) => error);
    expect(seen).toMatchObject({ type: 'ATTEMPT_LOST', nonRetryable: false });
  });

  async function work() {}

  async function failureOf(info: ConstructorParameters<typeof MockActivityEnvironment>[0]) {
    const environment = new MockActivityEnvironment(info, quiet);
    return await environment.run(temporalActivity(work), undefined).then(
      () => expect.unreachable('the attempt should have failed'),
      (error: unknown) => error as ApplicationFailure,
    );
  }

  /** What a first attempt says while it works so long. */
  async function heartbeatsOf(durationMs: number): Promise<unknown[]> {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    try {
      const environment = new MockActivityEnvironment({ attempt: 1 }, quiet);
      const heartbeats: unknown[] = [];
      environment.on('heartbeat', (details: unknown) => heartbeats.push(details));
      const works = async () => void vi.advanceTimersByTime(durationMs);
      await environment.run(temporalActivity(works), undefined);
      return heartbeats;
    } finally {
      vi.useRealTimers();
    }
  }
});

/**
 * Runs one activity as Temporal does: attempt after attempt, each with the details of the last heartbeat before. An attempt
 * that is lost says nothing and leaves no details; what it was is told by the one that follows.
 */
async function failuresOf(
  ends: readonly (Error | 'lost')[],
  begin: (attempt: number) => void = () => {},
): Promise<ApplicationFailure[]> {
  const failures: ApplicationFailure[] = [];
  let heartbeatDetails: unknown;
  let attempt = 0;
  const run = async (work: () => Promise<void>) => {
    attempt++;
    const environment = new MockActivityEnvironment({ attempt, heartbeatDetails }, quiet);
    environment.on('heartbeat', (details: unknown) => {
      heartbeatDetails = details;
    });
    const error = await environment.run(temporalActivity(work), undefined).catch((reason: unknown) => reason);
    failures.push(error as ApplicationFailure);
  };
  const begins = async (error?: Error) => {
    begin(attempt);
    if (error) throw error;
  };
  for (const end of ends) {
    if (end !== 'lost') {
      await run(() => begins(end));
      continue;
    }
    attempt++;
    begin(attempt);
    await run(() => begins());
  }
  return failures;
}

function refused(): Error {
  return Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), {
    code: 'ECONNREFUSED',
    syscall: 'connect',
  });
}

describe('database errors', () => {
  const server = (code: string) => Object.assign(new Error('from the server'), { code, severity: 'ERROR' });

  test.each([
    '57P01',
    '57P03',
    '53300',
    '53100',
    '58030',
    '25006',
    '08006',
    '40P01',
    '55P03',
    '40001',
    '57014',
    '25P03',
  ])('%s passes', (code) => {
    expect(isPassingStorageFailure(server(code))).toBe(true);
  });

  test.each(['42P01', '23505', '22P02', '42501', '25P02'])('%s does not', (code) => {
    expect(isPassingStorageFailure(server(code))).toBe(false);
  });

  test.each([
    ['28P01', 'password authentication failed for user "x"', /refuses the password of DATABASE_URL/],
    ['28000', 'role "x" is not permitted to log in', /refuses the user of DATABASE_URL/],
    ['3D000', 'database "x" does not exist', /is not there/],
    ['42501', 'permission denied for database "x"', /lacks a right to connect/],
    ['22023', 'role "tidemark_writer" does not exist', /run "npm run migrate"/],
  ])('%s while connecting passes, with a hint; in a statement it does not', (code, message, hint) => {
    const error = Object.assign(server(code), { message });
    const refused = explainRefusal(error);
    expect(isPassingStorageFailure(refused)).toBe(true);
    expect(refused.message).toMatch(hint);
    expect(refused.message).toContain(message);
    expect(isPassingStorageFailure(error)).toBe(false);
  });

  test('a session that broke off passes, other errors do not', () => {
    expect(isPassingStorageFailure(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isPassingStorageFailure(new Error('no'))).toBe(false);
    expect(isPassingStorageFailure(new Error('a day waits: Connection terminated'))).toBe(false);
    expect(isPassingStorageFailure('Connection terminated')).toBe(false);
  });
});
