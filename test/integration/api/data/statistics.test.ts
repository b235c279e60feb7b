/**
 * Are the figures of publication those of the ledger? The rows are written by hand, so that every figure can be worked out
 * on paper: publication at 10:30 local time the day before, deadline 11:00.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogOf } from '../../../../datasets/catalog.ts';
import { type ApiEnvironment, openApiEnvironment } from '../../../support/api/api-environment.ts';
import { sampleDataset } from '../../../support/sample-dataset.ts';

const SAMPLE = sampleDataset();
const NOW = new Date('2026-11-21T12:00:00Z');

let testEnv: ApiEnvironment;
beforeAll(async () => {
  testEnv = await openApiEnvironment({ catalog: catalogOf([SAMPLE]) }, { now: () => NOW });
  await day('2026-11-10', { published: '2026-11-09T09:20:00Z' });
  await day('2026-11-11', {
    published: '2026-11-10T09:30:00Z',
    changed: '2026-11-10T14:30:00Z',
    revision: 1,
  });
  // Late by 45 minutes, and moved once more two days later.
  await day('2026-11-12', {
    published: '2026-11-11T10:45:00Z',
    changed: '2026-11-13T11:45:00Z',
    revision: 2,
  });
  // First asked for after it was expected, but an answer without it came before.
  await day('2026-11-13', {
    requested: '2026-11-12T09:40:00Z',
    empty: '2026-11-12T09:40:00Z',
    published: '2026-11-12T09:50:00Z',
  });
  // Loaded a week later: says nothing of when it was published.
  await day('2026-11-14', { requested: '2026-11-20T09:00:00Z', published: '2026-11-20T09:00:01Z' });
  // Waited for and not there.
  await day('2026-11-15', {});
  // Published yesterday: too young to have settled.
  await day('2026-11-21', { published: '2026-11-20T09:30:00Z' });
});
afterAll(() => testEnv.close());

interface Past {
  readonly requested?: string;
  readonly empty?: string;
  readonly published?: string;
  readonly changed?: string;
  readonly revision?: number;
}

async function day(
  name: string,
  { requested, empty, published, changed, revision = 0 }: Past,
): Promise<void> {
  const { database } = testEnv;
  const started =
    requested ?? `${new Date(Date.parse(name) - 86_400_000).toISOString().slice(0, 10)}T08:00:00Z`;
  await database.query(
    `insert into ops.run (dataset, day, workflow_id, run_id, trigger, started_at) values ($1, $2, $3, $3, 'schedule', $4)`,
    [SAMPLE.id, name, `run ${name}`, started],
  );
  const payload = (at: string, kind: string, bytes: number) =>
    database.query(
      `insert into ops.payload (dataset, day, fetched_at, last_seen_at, sha256, url, status, headers, size_bytes, encoding, bytes, kind)
       values ($1, $2, $3, $3, '', '', 200, '{}', $5, 'identity', '', $4)`,
      [SAMPLE.id, name, at, kind, bytes],
    );
  if (empty) await payload(empty, 'empty', 10);
  if (published) await payload(published, 'points', 1_000 + revision);
  await database.query(
    `insert into ops.delivery_day (dataset, day, state, revision, first_published_at, last_changed_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [
      SAMPLE.id,
      name,
      published ? 'complete' : 'late',
      revision,
      published ?? null,
      changed ?? published ?? null,
    ],
  );
}

const statistics = async (days: number) =>
  (await testEnv.get(`/v1/datasets/${SAMPLE.id}/statistics?days=${days}`)).json;

test('the usual hour and the lateness are of days whose publication was seen', async () => {
  const { from, to, publication } = await statistics(13);
  expect([from, to]).toEqual(['2026-11-10', '2026-11-22']);
  // 10:20, 10:30, 10:30 (of the 21st), 10:50 and 11:45 on the wall clock; the 15th is waited for; the 14th was loaded later.
  expect(publication).toEqual({
    ...{ days: 6, published: 5, late_days: 2, late_share: 2 / 6, unpublished_days: 1 },
    first_quarter: { day: -1, time: '10:30', text: '10:30 the day before' },
    median: { day: -1, time: '10:30', text: '10:30 the day before' },
    third_quarter: { day: -1, time: '10:50', text: '10:50 the day before' },
    ...{ late_minutes_median: 45, late_minutes_most: 45 },
  });
});

test('days settle when their last change is behind them', async () => {
  const { settling } = await statistics(13);
  expect(settling.days).toBe(4);
  expect(
    settling.unchanged.map((each: { after_hours: number; days: number }) => [each.after_hours, each.days]),
  ).toEqual([...[1, 3].map((hours) => [hours, 2]), ...[6, 12, 24, 48].map((hours) => [hours, 3])]);
  expect(settling).toMatchObject({ hours_median: 2.5, hours_most: 49 });
});

test('revisions and sizes are of every day that has points', async () => {
  const { revisions, payloads } = await statistics(13);
  expect(revisions).toMatchObject({
    days: 6,
    revised_days: 2,
    revisions: 3,
    per_day: 0.5,
    most_revisions: 2,
  });
  expect(payloads).toEqual({ payloads: 6, bytes_median: 1_000, bytes_least: 1_000, bytes_most: 1_002 });
});

test('no days make no shares', async () => {
  const { publication, settling, revisions } = await statistics(1);
  expect(publication).toMatchObject({ days: 0, median: null, late_share: null });
  expect(settling).toMatchObject({ days: 0, hours_median: null });
  expect(settling.unchanged[0]).toEqual({ after_hours: 1, days: 0, share: null });
  expect(revisions).toMatchObject({ days: 0, per_day: null });
});
