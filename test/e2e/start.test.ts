/** Does `npm start` do what the README says: the past month loaded, said to be simulated, open to traders and operators, and an end? */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isAlive } from '../../scripts/start/machine/process-table.ts';
import { type Home, makeHome, Started, withDescendants } from './started.ts';

const DATASET = 'jao-core.max-exchanges';
interface StatusOfAll {
  readonly simulated: boolean;
  readonly datasets: readonly { readonly dataset: string; readonly daysWithError: number }[];
}

let home: Home;
let start: Started;
beforeAll(async () => {
  home = await makeHome();
  start = new Started(home, ['--simulate']);
});
afterAll(async () => {
  await start.end('SIGTERM');
  home.remove();
});

test('a first start', async () => {
  await start.printed('Ctrl-C stops everything');
  expect(start.output).toContain('31 of 31 days complete');
  expect(start.output).toContain('SIMULATED DATA');
  for (const query of queriesOf(start.output)) expect((await start.rows(query)).length).toBeGreaterThan(0);
  await expect(start.rows('select from ops.payload')).rejects.toThrow(/permission denied/);

  const status = await start.tidemark('status', '--json');
  expect(status.stderr).toMatch(/^SIMULATED DATA: [^\n]+\n$/);
  const { simulated, datasets } = JSON.parse(status.stdout) as StatusOfAll;
  expect(simulated).toBe(true);
  // Behind the running system the others are still being loaded; days of actual values are not whole before they end.
  expect(datasets.filter(({ daysWithError }) => daysWithError > 0)).toEqual([]);
  expect(datasets.map(({ dataset }) => dataset)).toContain(DATASET);
  expect(await start.tidemark('doctor')).toMatchObject({ exitCode: 0 });
  const key = await start.tidemark('keys', 'create', '--name', 'e2e', '--role', 'reader', '--json');
  const { url } = JSON.parse(key.stdout) as { url: string };
  expect(start.output).toContain(`The page and API are at ${url} `);

  const pids = withDescendants(start.pid);
  expect(await start.end('SIGINT')).toBe(0);
  expect(pids.filter(isAlive)).toEqual([]);
}, 600_000);

/** The queries that it proposes to try. */
function queriesOf(output: string): string[] {
  return [...output.matchAll(/^ {2}(select .*;)/gm)].map(([, query]) => query as string);
}
