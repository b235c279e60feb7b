/** Does each class of failure get the repetitions that help it, and no others? */

import { ApplicationFailure } from '@temporalio/activity';
import { describe, expect, test } from 'vitest';
import { translate } from '../../activities/temporal-activity.ts';
import { isPassingStorageFailure } from '../../db/failure.ts';
import { FAILURES, Failure, type FailureCode, isFailureCode, retryDelayMs } from '../../domain/failures.ts';

const codes = Object.keys(FAILURES) as FailureCode[];

describe('the table', () => {
  test('transient failures back off, five times', () => {
    expect([1, 2, 3, 4, 5, 6].map((attempt) => retryDelayMs('SOURCE_ERROR', attempt))).toEqual([
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
  const seen = (error: unknown, attempt = 1) => translate(error, attempt) as ApplicationFailure;

  test('code, sentence and delay come from the failure', () => {
    expect(seen(new Failure('SOURCE_ERROR', 'it answered 503'), 2)).toMatchObject({
      type: 'SOURCE_ERROR',
      message: 'it answered 503',
      nonRetryable: false,
      nextRetryDelay: 3_000,
    });
  });

  test('the last attempt is the last', () => {
    expect(seen(new Failure('SOURCE_ERROR', 'x'), 6).nonRetryable).toBe(true);
    expect(seen(new Failure('ANSWER_BROKEN', 'x')).nonRetryable).toBe(true);
  });

  test('Retry-After lengthens the delay and never shortens it', () => {
    const delay = (retryAfterMs: number) =>
      seen(new Failure('SOURCE_THROTTLED', 'x', { retryAfterMs })).nextRetryDelay;
    expect(delay(90_000)).toBe(90_000);
    expect(delay(1)).toBe(60_000);
  });

  test('a database that is away is waited for; a defect is told as one', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), {
      code: 'ECONNREFUSED',
      syscall: 'connect',
    });
    expect(seen(refused, 500)).toMatchObject({ type: 'STORAGE_UNAVAILABLE', nonRetryable: false });
    expect(seen(new TypeError('x is not a function'), 1)).toMatchObject({
      type: 'UNEXPECTED',
      nonRetryable: false,
    });
    expect(seen(new TypeError('x is not a function'), 6)).toMatchObject({
      type: 'UNEXPECTED',
      nonRetryable: true,
    });
  });

  test('what is Temporal’s already stays as it is', () => {
    const failure = ApplicationFailure.nonRetryable('done', 'X');
    expect(translate(failure, 1)).toBe(failure);
  });
});

describe('database errors', () => {
  const server = (code: string) => Object.assign(new Error('from the server'), { code, severity: 'ERROR' });

  test.each(['57P01', '57P03', '53300', '53100', '58030', '25006', '08006', '40P01', '55P03', '40001'])(
    '%s passes',
    (code) => {
      expect(isPassingStorageFailure(server(code))).toBe(true);
    },
  );

  test.each(['42P01', '23505', '22P02', '42501', '25P02'])('%s does not', (code) => {
    expect(isPassingStorageFailure(server(code))).toBe(false);
  });

  test('a session that broke off passes, other errors do not', () => {
    expect(isPassingStorageFailure(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isPassingStorageFailure(new Error('no'))).toBe(false);
    expect(isPassingStorageFailure('Connection terminated')).toBe(false);
  });
});
