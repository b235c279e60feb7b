/** Does following a backfill end with its result, draw for people only, and pass a failure on once? */
import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { describeResult } from '../../../cli/describe.ts';
import { followToEnd } from '../../../cli/progress.ts';
import type { BackfillProgress } from '../../../domain/backfill/backfill.ts';
import { Captured } from '../../support/captured.ts';

const PROGRESS: BackfillProgress = {
  dataset: 'jao-core.max-exchanges',
  from: '2026-11-18',
  to: '2026-11-20',
  total: 3,
  done: 1,
  outcomes: { complete: ['2026-11-18'] },
  errors: {},
  running: ['2026-11-19', '2026-11-20'],
  summary: 'running',
  rows: 0,
  skipped: {},
  paused: null,
  pausedItself: false,
  concurrency: 16,
  order: 'newest',
  daysPerMinute: null,
  minutesLeft: null,
  next: [],
};
const RESULT: BackfillProgress = {
  ...PROGRESS,
  done: 3,
  outcomes: { complete: ['2026-11-18..2026-11-19'], failed: ['2026-11-20'] },
  errors: { '2026-11-20': 'REQUEST_REFUSED: the source answered 400' },
  running: [],
  summary: '2 of 3 days complete, 1 failed',
};

let stderr: Captured & { isTTY: boolean };
const waiting = {
  get io() {
    return { stderr };
  },
  note: (text: string) => void stderr.write(text),
};

beforeEach(() => {
  stderr = Object.assign(new Captured(), { isTTY: false });
});

/** A backfill that ends after a few looks at its progress. */
function ending(result: () => Promise<BackfillProgress>) {
  let polls = 0;
  const { promise, resolve } = withResolvers();
  return {
    async progress() {
      polls += 1;
      if (polls === 2) resolve();
      await setImmediate();
      return polls > 2 ? RESULT : PROGRESS;
    },
    result: () => promise.then(result),
    end: resolve,
  };
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe('on a terminal', () => {
  beforeEach(() => {
    stderr.isTTY = true;
  });

  test('draws days, what runs, and in the end the summary', async () => {
    expect(
      await followToEnd(
        ending(async () => RESULT),
        waiting,
      ),
    ).toBe(RESULT);
    expect(stderr.text).toContain('1 of 3 days · 2026-11-20, 2026-11-19');
    expect(stderr.text).toContain('3 of 3 days · 2 of 3 days complete, 1 failed');
  });

  test('a backfill that fails is thrown, and by nothing else', async () => {
    const failing = ending(() => Promise.reject(new Error('terminated')));
    await expect(followToEnd(failing, waiting)).rejects.toThrow('terminated');
  });

  test('no answer to the first question is waited out', async () => {
    let polls = 0;
    const backfill = ending(async () => RESULT);
    const mute = {
      ...backfill,
      progress: () => (polls++ === 0 ? Promise.reject(new Error()) : backfill.progress()),
    };
    expect(await followToEnd(mute, waiting)).toBe(RESULT);
    expect(stderr.text).toContain('1 of 3 days');
  });
});

describe('in a pipe', () => {
  test('nothing is drawn', async () => {
    const backfill = ending(async () => RESULT);
    backfill.end();
    expect(await followToEnd(backfill, waiting)).toBe(RESULT);
    expect(stderr.text).toBe('');
  });

  test('a failure comes through', async () => {
    const backfill = ending(() => Promise.reject(new Error('cancelled')));
    backfill.end();
    await expect(followToEnd(backfill, waiting)).rejects.toThrow('cancelled');
  });
});

test('while Temporal is away the end is asked for again, and it is said once', async () => {
  const away = Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: '', metadata: {} });
  const results = [Promise.reject(away), Promise.reject(away), Promise.resolve(RESULT)];
  for (const result of results) result.catch(() => undefined);
  const backfill = {
    progress: async () => PROGRESS,
    result: () => results.shift() as Promise<typeof RESULT>,
  };
  expect(await followToEnd(backfill, waiting)).toBe(RESULT);
  expect(stderr.text.match(/Temporal does not answer/g)).toHaveLength(1);
});

test('the summary in words: every outcome with its days, and why days failed', () => {
  expect(describeResult(RESULT).split('\n')).toEqual([
    '2 of 3 days complete, 1 failed',
    '  complete: 2026-11-18..2026-11-19',
    '  failed: 2026-11-20',
    'why:',
    '  2026-11-20: REQUEST_REFUSED: the source answered 400',
  ]);
  expect(describeResult({ ...RESULT, errors: {} })).not.toContain('why');
});
