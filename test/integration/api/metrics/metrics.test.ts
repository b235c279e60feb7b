/** Do the figures say what happened: requests by route, and datasets as the ledger has them? */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiStage, openApiStage } from '../../../support/api/api-stage.ts';
import { DATASET } from '../../../support/stage.ts';

let stage: ApiStage;
let now = new Date();
beforeAll(async () => {
  stage = await openApiStage({ simulator: { revisionShare: 0, quotaRequests: 0 } }, { now: () => now });
  await stage.startWorker();
  await stage.load('2026-11-01', '2026-11-02');
});
afterAll(() => stage.close());

/** Value by name and labels, as written. */
async function scrape(): Promise<ReadonlyMap<string, number>> {
  const { status, headers, text } = await stage.get('/metrics');
  expect(status).toBe(200);
  expect(headers['content-type']).toContain('text/plain; version=0.0.4');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' ') + 1)),
    ]),
  );
}

test('requests are counted by route, never by address', async () => {
  const counted = (of: ReadonlyMap<string, number>, route: string, status: number) =>
    of.get(`tidemark_api_requests_total{method="GET",route="${route}",status="${status}"}`) ?? 0;
  const before = await scrape();
  for (const dataset of [DATASET, 'nope', 'nope2']) await stage.get(`/v1/datasets/${dataset}/series`);
  await stage.get('/v1/nothing/at/all');
  const after = await scrape();
  expect(
    counted(after, '/v1/datasets/:dataset/series', 200) -
      counted(before, '/v1/datasets/:dataset/series', 200),
  ).toBe(1);
  expect(
    counted(after, '/v1/datasets/:dataset/series', 404) -
      counted(before, '/v1/datasets/:dataset/series', 404),
  ).toBe(2);
  expect([...after.keys()].filter((key) => /nope|nothing/.test(key))).toEqual([]);
  const timed =
    'tidemark_api_request_seconds_count{method="GET",route="/v1/datasets/:dataset/series",status="200"}';
  expect(after.get(timed)).toBe(counted(after, '/v1/datasets/:dataset/series', 200));
});

test('datasets stand as the ledger has them', async () => {
  const [ledger] = await stage.rows<{ checked: Date; changed: Date }>(
    'select max(last_checked_at) as checked, max(last_changed_at) as changed from ops.delivery_day',
  );
  now = new Date((ledger?.checked.getTime() ?? 0) + 90_000);
  const figures = await scrape();
  const of = (name: string, more = '') => figures.get(`tidemark_${name}{dataset="${DATASET}"${more}}`);
  expect([of('days', ',state="complete"'), of('days', ',state="late"')]).toEqual([2, 0]);
  expect(of('seconds_since_last_check')).toBe(90);
  expect(of('seconds_since_last_change')).toBeCloseTo(
    (now.getTime() - (ledger?.changed.getTime() ?? 0)) / 1_000,
    3,
  );
  expect(of('open_findings', ',severity="block"')).toBe(0);
  const [feed] = await stage.rows<{ last: number }>('select cursor as last from ops.clock');
  expect(figures.get('tidemark_feed_cursor')).toBe(feed?.last);
  expect(feed?.last).toBeGreaterThan(0);
});

test('the process tells of its event loop and its connections', async () => {
  const figures = await scrape();
  expect(figures.get('tidemark_api_database_connections{state="open"}')).toBeGreaterThan(0);
  expect(figures.get('tidemark_api_database_connections{state="waiting"}')).toBe(0);
  expect(figures.has('nodejs_eventloop_lag_p99_seconds')).toBe(true);
});
