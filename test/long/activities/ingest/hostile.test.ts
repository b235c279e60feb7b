/**
 * Whatever a source sends, does each day end in the state that its case names, with these rows, these findings and no
 * others, while the other days are complete? And does a good answer heal it?
 */
import { afterEach, describe, expect, test } from 'vitest';
import { RETRY_RULES } from '../../../../domain/workflow/failures.ts';
import { startBackfill } from '../../../../temporal/backfills.ts';
import { bodies } from '../../../support/hostile/bodies.ts';
import { describeCorpus, rules, source, testEnv } from '../../../support/hostile/corpus.ts';
import { names } from '../../../support/hostile/names.ts';
import { wrongResolution, wrongRows } from '../../../support/hostile/rows.ts';
import { PATIENCE, statuses } from '../../../support/hostile/statuses.ts';
import { wrongTimes } from '../../../support/hostile/times.ts';
import { transport } from '../../../support/hostile/transport.ts';
import { values } from '../../../support/hostile/values.ts';
import { DATASET } from '../../../support/test-environment.ts';

const MIB = 1_048_576;
const memoryBefore = process.resourceUsage().maxRSS;
const plans = describeCorpus(
  [bodies, wrongRows, wrongResolution, values, wrongTimes, names, transport, statuses],
  PATIENCE.map(({ day, answer }) => [day, answer]),
);

describe('a source that asks for patience', () => {
  test.each(PATIENCE)(
    'with Retry-After "$retryAfter" is left alone for $seconds s',
    async ({ day, seconds }) => {
      rules.throttled = { ...RETRY_RULES.throttled, attempts: 1 };
      const run = await startBackfill(testEnv.temporal, { dataset: DATASET, from: day, to: day });
      expect((await run.result()).errors[day]).toContain('SOURCE_THROTTLED');
      const [held] = await testEnv.rows<{ s: number }>(
        `select extract(epoch from blocked_until - finished_at)::float as s from ops.quota, ops.run where day = $1`,
        [day],
      );
      expect(Math.abs((held?.s ?? 0) - seconds)).toBeLessThan(30);
    },
  );
  // Whoever runs the system can lift it; the next test must not wait for it.
  afterEach(() => testEnv.rows('update ops.quota set blocked_until = null'));
});

describe('at the end', () => {
  const dayOf = (name: string) =>
    [...(plans.get(bodies)?.cases ?? [])].find(([, each]) => each.name === name)?.[0] ?? '';

  test('was a gigabyte left where it was?', () => {
    // The limit, and what the system holds between two sockets.
    const sent = source.sentBytes(dayOf('a gigabyte of spaces'));
    expect(sent).toBeGreaterThan(16 * MIB);
    expect(sent).toBeLessThan(64 * MIB);
  });

  test('did the memory of the process stay far below what was sent?', () => {
    const grownMiB = (process.resourceUsage().maxRSS - memoryBefore) / 1024;
    expect(grownMiB).toBeLessThan(1024);
  });

  test('has nobody followed a redirect?', () => {
    expect(source.strayed()).toBe(0);
  });
});
