/** Do the messages that steer backfills say what is wrong with them, with field, value and hint? */
import { describe, expect, test } from 'vitest';
import {
  readBackfillInput,
  readPauseInput,
  readResumeInput,
  readSkipInput,
  readSteerInput,
} from '../../../../domain/backfill/backfill-input.ts';

const RANGE = { dataset: 'jao-core.max-exchanges', from: '2026-10-21', to: '2026-11-20' };

describe('right ones come through as they are', () => {
  test.each([
    { only: ['missing', 'failed'], notCheckedSince: '2026-11-01T00:00:00Z', decoderOlderThan: 3 },
    { changedSince: '2026-11-01T00:00+01:00', stopAfterFailures: 10, paused: true },
  ])('%j', (options) => {
    expect(readBackfillInput({ ...RANGE, ...options })).toEqual({ ...RANGE, ...options });
  });

  test('resume needs nothing, not even an object', () => {
    expect([readResumeInput(undefined), readResumeInput(null), readResumeInput({})]).toEqual([{}, {}, {}]);
  });

  test('days and ranges of days', () => {
    const skip = { days: ['2026-11-03', '2026-11-10..2026-11-12'], reason: 'never published' };
    expect(readSkipInput(skip)).toEqual(skip);
  });
});

describe('wrong ones', () => {
  test.each([
    [{ only: [] }, '"only" is []: in a list, write "missing" or "late"'],
    [{ only: ['complete'] }, '"only" is ["complete"]: in a list, write'],
    [{ only: 'failed' }, '"only" is "failed": in a list'],
    [{ notCheckedSince: '2026-11-01' }, '"notCheckedSince" is "2026-11-01": write an instant with its zone'],
    [{ changedSince: '2026-02-30T00:00:00Z' }, '"changedSince" is "2026-02-30T00:00:00Z": write an instant'],
    [{ stopAfterFailures: 0 }, '"stopAfterFailures" is 0: write a whole number from 1'],
    [{ paused: 'yes' }, '"paused" is "yes": write true or false'],
    [{ days: 'all', only: ['failed'] }, '"days" chooses from the whole range and does not go with "only"'],
  ])('backfill %j', (options, summary) => {
    expect(() => readBackfillInput({ ...RANGE, ...options })).toThrow(summary);
  });

  test.each([
    ['pause', () => readPauseInput({}), '"reason" is missing: write why'],
    ['pause', () => readPauseInput({ reason: ' ' }), '"reason" is " ": write why'],
    ['resume', () => readResumeInput({ why: 'x' }), '"why" is not a field; the fields are reason, by'],
    ['steer', () => readSteerInput({}), 'nothing is said; write at least one field'],
    ['steer', () => readSteerInput({ order: 'best' }), '"order" is "best": write "newest" or "oldest"'],
    ['skip', () => readSkipInput({ days: [], reason: 'x' }), '"days" is []: in a list, write a day as'],
    [
      'skip',
      () => readSkipInput({ days: ['2026-11-12..2026-11-10'], reason: 'x' }),
      'in a list, write a day as',
    ],
    ['skip', () => readSkipInput({ days: ['2026-11-31'], reason: 'x' }), '"days" is ["2026-11-31"]'],
    ['skip', () => readSkipInput({ days: ['2026-11-30'] }), '"reason" is missing: write why'],
  ])('%s: %o', (_, read, summary) => {
    expect(read).toThrow(summary);
  });
});
