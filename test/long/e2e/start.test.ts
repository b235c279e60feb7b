/** Is `npm start` resumed after a kill, does it leave nothing behind whenever it is ended, and refuse what cannot work? */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findProcesses, isAlive, waitForEnd } from '../../../scripts/start/machine/process-table.ts';
import { type Home, makeHome, Started, withDescendants } from '../../e2e/started.ts';

const LIMIT_MS = 600_000;
/** How long processes may take to notice that their parent is gone, and to end. */
const END_LIMIT_MS = 60_000;
const DATASET = 'jao-core.max-exchanges';

/** Days of the source: after 23:00 UTC its day is the next. */
const LATEST_MONTH = `from jao_core.max_exchanges where delivery_day < (now() at time zone 'Europe/Amsterdam')::date`;

let home: Home;
let running: Started | undefined;
beforeAll(async () => {
  home = await makeHome();
});
afterEach(async () => {
  const pids = running ? withDescendants(running.pid) : [];
  await running?.end('SIGTERM');
  await waitForEnd(pids, END_LIMIT_MS);
});
afterAll(() => home.remove());

function start(args: readonly string[] = ['--simulate'], settings?: NodeJS.ProcessEnv): Started {
  running = new Started(home, args, settings);
  return running;
}

function argumentsOf(pid: number) {
  const pids = withDescendants(pid);
  return findProcesses((found) => pids.includes(found.pid));
}

describe('npm start', () => {
  test(
    'killed while it loads: everything that it started ends',
    async () => {
      const start1 = start();
      await start1.printed('Loading');
      const pids = withDescendants(start1.pid);
      expect(pids.length).toBeGreaterThan(5);
      await start1.end('SIGKILL');
      expect(await waitForEnd(pids, END_LIMIT_MS)).toBe(true);
    },
    LIMIT_MS,
  );

  test(
    'told to end while it starts: what it began ends before it does, and nothing more is begun',
    async () => {
      for (const line of ['listens on', 'Loading']) {
        const early = start();
        await early.printed(line);
        const pids = withDescendants(early.pid);
        const exitCode = await early.end('SIGINT');
        expect(exitCode, early.output).toBe(130);
        expect(pids.filter(isAlive)).toEqual([]);
        expect(early.output).not.toContain('Ctrl-C stops everything');
      }
    },
    LIMIT_MS,
  );

  test(
    'told to end while a server is getting ready: the server ends before it does',
    async () => {
      const early = start();
      const server = () => argumentsOf(early.pid).find(({ args }) => args.includes('start-dev'));
      await expect.poll(server, { interval: 5, timeout: LIMIT_MS }).toBeDefined();
      const { pid = 0 } = server() ?? {};
      expect(await early.end('SIGINT'), early.output).toBe(130);
      expect(isAlive(pid)).toBe(false);
    },
    LIMIT_MS,
  );

  test(
    'started again: the month is complete, and everything ends with it',
    async () => {
      const start2 = start();
      await start2.printed('Ctrl-C stops everything');
      expect(start2.output).toContain('31 of 31 days complete');
      const [counts] = await start2.rows<{ days: string; points: string }>(
        `select count(distinct delivery_day) as days, count(*) as points ${LATEST_MONTH}`,
      );
      expect(Number(counts?.days)).toBeGreaterThanOrEqual(31);
      expect(Number(counts?.points)).toBeGreaterThanOrEqual(31 * 23 * 132);
      const pids = withDescendants(start2.pid);
      expect(await start2.end('SIGINT')).toBe(0);
      expect(pids.filter(isAlive)).toEqual([]);
    },
    LIMIT_MS,
  );

  test(
    'a third time: nothing is written twice, and nothing is prepared again',
    async () => {
      const start3 = start();
      await start3.printed('Ctrl-C stops everything');
      expect(start3.output).toContain('31 of 31 days complete');
      expect(start3.output).not.toMatch(/Creating|Preparing|Downloading|was migrated/);
      expect(
        await start3.rows(
          `select from (select delivery_day, starts_at, series from jao_core.max_exchanges
         group by 1, 2, 3 having count(*) > 1) as doubled`,
        ),
      ).toEqual([]);
      const changes = await start3.tidemark('changes', DATASET, '--limit', '1000', '--json');
      expect(changes).toMatchObject({ exitCode: 0 });
      const moved = JSON.parse(changes.stdout) as { day: string; kind: string }[];
      const published = moved.filter(({ kind }) => kind === 'published').map(({ day }) => day);
      expect(published.length).toBeGreaterThanOrEqual(31);
      expect(published.length).toBe(new Set(published).size);
      const exitCode = await start3.end('SIGTERM');
      expect(exitCode, start3.output).toBe(0);
    },
    LIMIT_MS,
  );
});

describe('what cannot work is said at once', () => {
  test.each([
    [['--simulat'], {}, 2, /--simulat/],
    [[], { JAO_BASE_URL: 'http://127.0.0.1:9' }, 1, /JAO_BASE_URL is http:\/\/127\.0\.0\.1:9/],
    [
      ['--simulate'],
      { DATABASE_URL: 'postgres://nobody@127.0.0.1:9/nothing' },
      1,
      /ECONNREFUSED|does not answer/,
    ],
    [['--simulate'], { LOG_LEVEL: 'loud' }, 1, /LOG_LEVEL/],
  ])(
    '%j with %j',
    async (args, settings, exitCode, summary) => {
      const wrong = start(args, settings);
      expect(await wrong.ended()).toBe(exitCode);
      expect(wrong.output).toMatch(summary);
      expect(wrong.output).not.toMatch(/\n\s+at /);
    },
    LIMIT_MS,
  );
});
