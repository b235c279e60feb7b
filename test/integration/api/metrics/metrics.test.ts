/** Do the figures say what happened: requests by route, and datasets as the ledger has them? */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiEnvironment, openApiEnvironment } from '../../../support/api/api-environment.ts';
import { DATASET } from '../../../support/test-environment.ts';

let testEnv: ApiEnvironment;
beforeAll(async () => {
  testEnv = await openApiEnvironment({ simulator: { revisionShare: 0, quotaRequests: 0 } });
  await testEnv.startWorker();
  await testEnv.load('2026-11-01', '2026-11-02');
});
afterAll(() => testEnv.close());

/** Value by name and labels, as written. */
async function scrape(): Promise<ReadonlyMap<string, number>> {
  const { status, headers, text } = await testEnv.get('/metrics');
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
  for (const dataset of [DATASET, 'nope', 'nope2']) await testEnv.get(`/v1/datasets/${dataset}/series`);
  await testEnv.get('/v1/nothing/at/all');
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
    'tidemark_api_request_duration_seconds_count{method="GET",route="/v1/datasets/:dataset/series",status="200"}';
  expect(after.get(timed)).toBe(counted(after, '/v1/datasets/:dataset/series', 200));
});

test('datasets stand as the ledger has them', async () => {
  const [ledger] = await testEnv.rows<{ checked: Date; changed: Date }>(
    'select max(last_checked_at) as checked, max(last_changed_at) as changed from ops.delivery_day',
  );
  const figures = await scrape();
  const of = (name: string, more = '') => figures.get(`tidemark_${name}{dataset="${DATASET}"${more}}`);
  expect([of('days', ',state="complete"'), of('days', ',state="late"')]).toEqual([2, 0]);
  expect(of('last_check_timestamp_seconds')).toBe((ledger?.checked.getTime() ?? 0) / 1_000);
  expect(of('last_change_timestamp_seconds')).toBe((ledger?.changed.getTime() ?? 0) / 1_000);
  expect(of('open_findings', ',severity="block"')).toBe(0);
  const [feed] = await testEnv.rows<{ last: number }>('select cursor as last from ops.clock');
  expect(figures.get('tidemark_feed_cursor')).toBe(feed?.last);
  expect(feed?.last).toBeGreaterThan(0);
});

test('the process tells of its event loop and its connections', async () => {
  const figures = await scrape();
  expect(figures.get('tidemark_api_database_connections{state="busy"}')).toBeGreaterThanOrEqual(0);
  expect(figures.get('tidemark_api_database_waiting_requests')).toBe(0);
  expect([...figures.keys()].filter((name) => name.startsWith('tidemark_build_info{version="'))).toHaveLength(
    1,
  );
  expect(figures.has('nodejs_eventloop_lag_p99_seconds')).toBe(true);
});

test('quotas, polling, missing points and notifications are told; no name breaks the conventions', async () => {
  await testEnv.rows(
    `insert into ops.delivery_day (dataset, day, state, expected_points, present_points)
     values ($1, (now() at time zone 'Europe/Amsterdam')::date, 'partial', 10, 7)
     on conflict (dataset, day) do update set state = 'partial', expected_points = 10, present_points = 7`,
    [DATASET],
  );
  const figures = await scrape();
  expect(figures.get(`tidemark_points_missing{dataset="${DATASET}",day="today"}`)).toBe(3);
  expect(figures.get('tidemark_quota_slots{host="publicationtool.jao.eu",state="free"}')).toBeGreaterThan(0);
  expect(figures.get('tidemark_quota_banned_until_timestamp_seconds{host="publicationtool.jao.eu"}')).toBe(0);
  expect(figures.get('tidemark_notifications_working')).toBe(1);
  expect(figures.get('tidemark_notification_messages')).toBe(0);
  const ours = [...figures.keys()].filter((name) => name.startsWith('tidemark_'));
  expect(ours.filter((name) => /seconds_since|milliseconds|_ms\b|_percent/.test(name))).toEqual([]);
});
