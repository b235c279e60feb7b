/** Do the details in the Web UI say how things stand, and what a person should do next? */
import { describe, expect, test } from 'vitest';
import type { BackfillProgress } from '../../../../domain/backfill/backfill.ts';
import { describeGivenUp, describeOutcome, describeRunBefore } from '../../../../domain/days/day-details.ts';
import { DAY_STATES, isFine } from '../../../../domain/days/ledger.ts';
import { nextStepOfDay } from '../../../../domain/days/next-steps.ts';
import { list, quoted, table } from '../../../../domain/workflow/markdown.ts';
import type { DayOutcome } from '../../../../domain/workflow/messages.ts';
import { describeBackfill } from '../../../../workflows/backfill/backfill-details.ts';

const OUTCOME: DayOutcome = {
  dataset: 'a.b',
  day: '2026-11-20',
  state: 'awaiting',
  expectedPoints: 24,
  presentPoints: 0,
  quarantinedPoints: 0,
  revision: 0,
  newPoints: 0,
  revisedPoints: 0,
  nulledPoints: 0,
  summary: '2026-11-20 is awaiting',
  pollAgainInMs: 300_000,
};

describe('a day', () => {
  test('ends with a step for each state: a command exactly where a person has to act', () => {
    for (const state of DAY_STATES) {
      const step = nextStepOfDay('a.b', '2026-11-20', state);
      expect(step.startsWith('nothing'), state).toBe(isFine(state));
      if (!isFine(state)) expect(step).toMatch(/`npx tidemark \w.* a\.b .*2026-11-20/);
      expect(describeOutcome({ ...OUTCOME, state })).toContain(`**What to do next**: ${step}`);
    }
  });

  test('says when it looks again only while the run stays', () => {
    expect(describeOutcome(OUTCOME, true)).toContain('Polls again in 5 minutes');
    expect(describeOutcome(OUTCOME)).not.toContain('Looks again');
  });

  test('that was given up names the error and asks for a person, whatever is known of the day', () => {
    const reason = { code: 'SOURCE_TIMEOUT', message: 'too slow' };
    const text = describeGivenUp(OUTCOME, reason, { ...OUTCOME, state: 'complete' });
    expect(text).toContain('**2026-11-20 was given up** (SOURCE_TIMEOUT): `too slow`');
    expect(text).toContain('`npx tidemark rerun a.b --day 2026-11-20`');
    expect(text).toContain('| complete');
  });

  test('links the run before', () => {
    const runBefore = {
      workflowId: 'day:a.b:2026-11-20',
      runId: 'r',
      trigger: 'schedule',
      startedAt: '2026-11-20T10:00:00.123Z',
      outcome: 'late',
      error: null,
    } as const;
    expect(describeRunBefore({ ...OUTCOME, runBefore }, 'space')).toContain(
      '[2026-11-20T10:00:00Z](/namespaces/space/workflows/day%3Aa.b%3A2026-11-20/r), requested by schedule, late',
    );
  });
});

describe('a backfill', () => {
  const progress: BackfillProgress = {
    dataset: 'a.b',
    from: '2026-11-01',
    to: '2026-11-03',
    total: 3,
    done: 2,
    running: [],
    outcomes: { complete: ['2026-11-02..2026-11-03'] },
    errors: {},
    skipped: { '2026-11-01': 'anna: no publication' },
    rows: 48,
    summary: '2 of 3 days complete, 1 taken out',
    next: [],
    paused: 'anna: lunch',
    pausedItself: false,
    concurrency: 16,
    order: 'newest',
    daysPerMinute: null,
    minutesLeft: null,
  };
  const facts = { plan: undefined, log: [], workflowId: 'backfill:a.b:2026-11-01..2026-11-03' };

  test('that has ended shows its summary, though a day was taken out', () => {
    const text = describeBackfill({ ...progress, paused: null }, { ...facts, isOver: true });
    expect(text).toMatch(/^\*\*2 of 3 days complete, 1 taken out\*\*/);
    expect(text).toContain('**What to do next**\n\n- nothing');
    expect(text).not.toContain('in progress');
  });

  test('that is paused says by whom and how to go on', () => {
    const text = describeBackfill(progress, { ...facts, isOver: false });
    expect(text).toContain('**Paused**: anna: lunch');
    expect(text).toContain(`npx tidemark steer ${facts.workflowId} --resume`);
  });
});

describe('Markdown', () => {
  test('keeps a cell a cell and an entry an entry, whatever is in them', () => {
    expect(table(['a', 'b'], [['x|y', 'one\n two']]).at(-1)).toMatch(/^\| x\\\|y\s+\| one two\s+\|$/);
    expect(list('Why', ['one\n- two']).at(-1)).toBe('- one - two');
  });

  test('takes what a source said for words, not for links', () => {
    expect(quoted('see `x`\n[here](http://bad.example)')).toBe("`see 'x' [here](http://bad.example)`");
    expect(quoted('x'.repeat(1000))).toHaveLength(303);
  });

  test('shows nothing where there is nothing', () => {
    expect([...table(['a'], []), ...list('Why', [])]).toEqual([]);
  });
});
