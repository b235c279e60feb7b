/** Can an operator see what is quarantined, decide about it with a reason, and repeat the past from stored bytes? */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Ran, type Settings, settingsOf, tidemark } from '../../support/command.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

let testEnv: TestEnvironment;
let settings: Settings;

beforeAll(async () => {
  testEnv = await openTestEnvironment({ simulator: { revisionShare: 0, quotaRequests: 0 } });
  await testEnv.startWorker();
  settings = settingsOf(testEnv);
});
afterAll(() => testEnv.close());
afterEach(() => testEnv.simulator.faults.clear());

const BORDER = 'border_AT_CZ';
const HOURS = 24;
const run = (...args: string[]) => tidemark(settings, ...args);
const ask = (day: string) => run('rerun', DATASET, '--day', day, '--wait');
const list = (day: string, ...more: string[]) =>
  run('quarantine', 'list', DATASET, '--day', day, '--json', ...more);
const waive = (...args: string[]) => run('quarantine', 'waive', DATASET, ...args, '--by', 'anna');
const release = (...args: string[]) =>
  run('quarantine', 'release', DATASET, ...args, '--reason', 'the publisher says so', '--by', 'anna');

interface Listed {
  readonly id: number;
  readonly place: string;
  readonly raw: string;
  readonly resolution: string;
  readonly resolvedBy: string;
  readonly resolvedReason: string;
}
const listed = ({ stdout }: Ran) => JSON.parse(stdout) as Listed[];

/** Asks for a day of which one border is negative all day. */
async function holdBack(day: string): Promise<void> {
  testEnv.simulator.faults.add({ name: 'negative', border: BORDER, day });
  expect((await ask(day)).stdout).toContain(
    `is quarantined: ${3600 - HOURS} of 3600 points; ${HOURS} quarantined`,
  );
}

describe('quarantined values', () => {
  const day = '2026-10-01';

  test('are listed with the raw value in its place, and end with 1', async () => {
    await holdBack(day);
    const ran = await list(day);
    expect(ran.code).toBe(1);
    const findings = listed(ran);
    expect(findings).toHaveLength(HOURS);
    expect(findings[0]?.place).toMatch(/^data\[\d+\]\.border_AT_CZ$/);
    expect(Number(findings[0]?.raw)).toBeLessThan(0);
    const text = (await run('quarantine', 'list', DATASET, '--day', day)).stdout;
    expect(text).toContain(`${findings[0]?.place} = ${findings[0]?.raw}`);
  });

  test('are shown however old their day is, newest first and in pages that say so', async () => {
    const all = listed(await run('quarantine', 'list', DATASET, '--json'));
    expect(all.map(({ id }) => id)).toEqual(listed(await list(day)).map(({ id }) => id));
    expect(all).toHaveLength(HOURS);
    const first = await run('quarantine', 'list', DATASET, '--limit', '20', '--json');
    const last = listed(first).at(-1)?.id;
    expect(first).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`only the 20 newest are shown; the next ones: --before ${last}\n`),
    });
    const second = await run('quarantine', 'list', DATASET, '--limit', '20', '--before', `${last}`, '--json');
    expect([...listed(first), ...listed(second)]).toEqual(all);
    expect(second.stderr).not.toContain('--before');
    expect(await run('quarantine', 'list', DATASET, '--rule', 'nothing')).toMatchObject({
      code: 0,
      stdout: 'nothing is quarantined\n',
    });
  });

  test('their day is among those that are not fine, however old', async () => {
    const text = await run('days', DATASET);
    expect(text).toMatchObject({ code: 1, stdout: expect.stringContaining(`\n${day} quarantined, `) });
    const rows = JSON.parse((await run('days', DATASET, '--json')).stdout) as { day: string }[];
    expect(rows.map((row) => row.day)).toContain(day);
    const later = await run('days', DATASET, '--from', '2026-10-02', '--to', '2026-10-20');
    expect(later).toMatchObject({ code: 0, stdout: expect.not.stringContaining(day) });
  });

  test('are released one by one or by rule and day, known from then on', async () => {
    const [first] = listed(await list(day));
    const one = await release('--finding', `${first?.id}`);
    expect(one).toMatchObject({ code: 0 });
    expect(one.stdout).toContain(`${HOURS - 1} quarantined; 1 new`);
    const rest = await release('--day', day, '--rule', 'range');
    expect(rest.stdout).toBe(`${day} is complete: 3600 of 3600 points; ${HOURS - 1} new\n`);
    const known = await testEnv.rows<{ early: boolean; points: number }>(
      `select v.known_at = (select min(known_at) from ops.change where day = $1) as early, count(*) as points
       from jao_core.max_exchanges v where delivery_day = $1 group by 1 order by 1`,
      [day],
    );
    expect(known).toEqual([
      { early: false, points: HOURS },
      { early: true, points: 3600 - HOURS },
    ]);
  });

  test('explain of their day tells reasons, findings and decisions', async () => {
    const text = (await run('explain', DATASET, '--day', day)).stdout;
    // The first day of a dataset tells of its series, too.
    expect(text).toContain(`${HOURS + 1} findings, open ones first:\n`);
    expect(text).toMatch(/ {2}\d+ {2}2026-10-01 {2}block range {2}border_AT_CZ at 2026-/);
    expect(text).toMatch(/ {6}payload \d+: data\[\d+\]\.border_AT_CZ = -\d/);
    expect(text).toMatch(/\n {6}released 2026\S+ \S+ by anna: the publisher says so\n/);
    expect(text).toMatch(
      /decisions, oldest first:\n {2}release range of border_AT_CZ, 2026.* by anna: the publisher says so\n/,
    );
    const story = JSON.parse((await run('explain', DATASET, '--day', day, '--json')).stdout);
    expect(story).toMatchObject({ findingsTotal: HOURS + 1, decisions: expect.any(Array) });
    expect(story.findings).toHaveLength(HOURS + 1);
  });

  test('stay listed as settled, with who and why, and leave nothing open', async () => {
    expect(await list(day)).toMatchObject({ code: 0, stdout: '[]\n' });
    const settled = listed(await list(day, '--settled'));
    expect(settled).toHaveLength(HOURS);
    for (const finding of settled)
      expect(finding).toMatchObject({
        resolution: 'released',
        resolvedBy: 'anna',
        resolvedReason: 'the publisher says so',
      });
  });

  test('are not quarantined again when a later answer repeats them', async () => {
    testEnv.simulator.faults.add({ name: 'negative', border: BORDER, day });
    testEnv.simulator.faults.add({ name: 'revise', day, hour: 3, border: 'border_BE_AT', value: 77 });
    expect((await ask(day)).stdout).toContain(`${day} is complete: 3600 of 3600 points; 1 revised\n`);
  });

  test('come out the same when the day is rebuilt', async () => {
    const dry = await run('rebuild', DATASET, '--day', day, '--dry-run');
    expect(dry).toMatchObject({
      code: 0,
      stdout: '1 of 1 days looked at, nothing changed, 0 would differ\n',
    });
    const done = await run('rebuild', DATASET, '--day', day, '--wait');
    expect(done).toMatchObject({ code: 0, stdout: '1 of 1 days rebuilt, 0 differ\n' });
  });

  test('that are waived stay out: the day is partial, and its gaps have names', async () => {
    const other = '2026-10-02';
    await holdBack(other);
    const ran = await waive('--day', other, '--rule', 'range', '--reason', 'never mind');
    expect(ran.stdout).toBe(`${other} is partial: ${3600 - HOURS} of 3600 points; unchanged\n`);
    const days = await run('days', DATASET, '--from', other, '--to', other, '--gaps');
    expect(days.code).toBe(1);
    expect(days.stdout).toContain(
      '    2026-10-01 22:00:00Z to 2026-10-02 22:00:00Z quarantined in 1 series: border_AT_CZ\n',
    );
    testEnv.simulator.faults.clear();
    expect((await ask(other)).stdout).toContain(`${other} is complete`);
  });

  test('of which a good answer comes later are superseded by it', async () => {
    const other = '2026-10-03';
    await holdBack(other);
    testEnv.simulator.faults.clear();
    expect((await ask(other)).stdout).toContain(`${other} is complete`);
    expect(listed(await list(other, '--settled')).map(({ resolution }) => resolution)).toEqual(
      Array(HOURS).fill('superseded'),
    );
  });
});

describe('what cannot be decided is refused, with the reason', () => {
  const day = '2026-10-05';

  test('an answer refused as a whole has no value to release, but can be waived', async () => {
    testEnv.simulator.faults.add({ name: 'html-200', day });
    await ask(day);
    const ran = await release('--day', day, '--rule', 'not_json');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(
      /finding \d+ \(not_json\) cannot be released\. There is no single readable value/,
    );
    expect(listed(await list(day))).toHaveLength(1);
    const waived = await waive('--day', day, '--rule', 'not_json', '--reason', 'known outage');
    expect(waived).toMatchObject({ code: 0, stdout: `${day} is late\n` });
  });

  test.each([
    [['--day', day, '--rule', 'range'], /has no open finding of rule "range" to release/],
    [['--finding', '999999'], /--finding is 999999: .* has no such finding/],
    [['--finding', 'x'], /--finding is "x": write the number/],
    [['--day', day], /say which findings/],
  ])('%j', async (args, reason) => {
    const ran = await release(...args);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(reason);
  });

  test('a published day is not absent', async () => {
    const ran = await run('absent', DATASET, '--day', '2026-10-03', '--reason', 'x');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(
      '2026-10-03 is complete with 3600 of 3600 points: a published day is not absent',
    );
  });
});

describe('a day that will never exist', () => {
  const day = '2026-10-08';
  const backfill = () => run('backfill', DATASET, '--from', day, '--to', day, '--wait');
  const absent = (...args: string[]) =>
    run('absent', DATASET, '--day', day, '--reason', 'exchange holiday', ...args);
  const requestCount = async () =>
    (await testEnv.rows(`select from ops.run where dataset = $1 and day = $2`, [DATASET, day])).length;

  test('is declared by a person, and nobody asks for it any more', async () => {
    testEnv.simulator.faults.add({ name: 'withdrawn', day });
    expect(await backfill()).toMatchObject({ code: 1, stdout: expect.stringContaining('1 late') });
    expect(await absent()).toMatchObject({ code: 0, stdout: `${day} is absent\n` });
    expect(await backfill()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`1 absent\n  absent: ${day}`),
    });
    expect(await requestCount()).toBe(1);
  });

  test('and can be expected again', async () => {
    expect(await absent('--undo')).toMatchObject({ code: 0, stdout: `${day} is late\n` });
    expect(await absent('--undo')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`${day} is late`),
    });
    expect(await backfill()).toMatchObject({ code: 0 });
    expect(await requestCount()).toBe(2);
  });
});

describe('rebuild', () => {
  const day = '2026-10-12';
  const range = ['rebuild', DATASET, '--from', '2026-10-11', '--to', '2026-10-13'];

  test('shows what would come out otherwise before it changes anything, and then mends it', async () => {
    await run('backfill', DATASET, '--from', '2026-10-11', '--to', '2026-10-13', '--wait');
    await testEnv.rows(`update store.jao_core__max_exchanges set value = value + 1 where delivery_day = $1`, [
      day,
    ]);
    const damaged = await testEnv.rows(
      `select sum(value) from jao_core.max_exchanges where delivery_day = $1`,
      [day],
    );
    const dry = await run(...range, '--dry-run');
    expect(dry).toMatchObject({ code: 0 });
    expect(dry.stdout).toMatch(
      /^3 of 3 days looked at, nothing changed, 1 would differ\n {2}2026-10-12: 3600 values/,
    );
    expect(dry.stdout).toMatch(/\n {4}border_AT_BE 2026-10-11T22:00:00\.000Z: \d+ becomes \d+\n/);
    expect(
      await testEnv.rows(`select sum(value) from jao_core.max_exchanges where delivery_day = $1`, [day]),
    ).toEqual(damaged);
    expect((await run(...range, '--wait')).stdout).toContain('3 of 3 days rebuilt, 1 differ');
    expect((await run(...range, '--dry-run')).stdout).toContain('0 would differ');
  });

  test('takes the days that an older decoder has read, and asks nobody', async () => {
    testEnv.simulator.requests.clear();
    const older = [...range, '--decoder-older-than', '--wait'];
    expect((await run(...older)).stdout).toBe('0 of 0 days rebuilt, 0 differ\n');
    await testEnv.rows('update ops.payload set decoder_version = 0 where day = $1', [day]);
    expect((await run(...older)).stdout).toBe('1 of 1 days rebuilt, 0 differ\n');
    expect((await run(...older)).stdout).toBe('0 of 0 days rebuilt, 0 differ\n');
    expect(testEnv.simulator.requests.counts().total).toBe(0);
  });

  test('leaves the last attempt as it was', async () => {
    testEnv.simulator.faults.add({ name: 'status', code: 404, day });
    await ask(day);
    const attempt = `select state, error, workflow_id, run_id, last_checked_at from ops.delivery_day where day = $1`;
    const before = await testEnv.rows(attempt, [day]);
    await run(...range, '--wait');
    expect(await testEnv.rows(attempt, [day])).toEqual(before);
  });

  test.each([
    [['--day', 'x'], /--day is "x"/],
    [[], /say which days/],
    [['--from', '2026-10-13', '--to', '2026-10-11'], /"from" \(2026-10-13\) is after "to"/],
    [['--day', day, '--decoder-older-than', 'new'], /"decoderOlderThan" is "new": write a whole number/],
  ])('refuses %j', async (args, reason) => {
    const ran = await run('rebuild', DATASET, ...args);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(reason);
  });
});
