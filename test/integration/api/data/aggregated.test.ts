/** Do aggregated answers follow from the rows by the calendar, with every gap in them? */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bucketsOf } from '../../../../domain/time/buckets.ts';
import { addDays, dayInterval, eachDay } from '../../../../domain/time/civil-day.ts';
import { intervalStarts } from '../../../../domain/time/delivery-day.ts';
import { RESOLUTIONS, type Resolution, secondsOf } from '../../../../domain/time/resolutions.ts';
import { type FoldedEnvironment, openFoldedEnvironment } from '../../../support/api/folded-environment.ts';
import { rowsOfPages } from '../../../support/api/pages.ts';
import { runs } from '../../../support/runs.ts';
import { sampleDataset } from '../../../support/sample-dataset.ts';

const hourly = sampleDataset();
const halfHourly = sampleDataset({
  id: 'sample.half-hours',
  resolution: [
    { from: '2022-01-01', minutes: 60 },
    { from: '2026-03-29', minutes: 30 },
  ],
});

/** The clocks change in the middle of each. */
const SPANS = [
  ['2026-03-25', '2026-04-02'],
  ['2026-10-22', '2026-10-30'],
] as const;
const SERIES = ['a', 'b"x', 'c,d'];

let testEnv: FoldedEnvironment;
beforeAll(async () => {
  testEnv = await openFoldedEnvironment([hourly, halfHourly]);
  for (const [from, to] of SPANS)
    for (const day of eachDay(from, to))
      for (const dataset of [hourly, halfHourly]) {
        // Some points are missing, some are null, a day is missing, and some are revised.
        if (day.endsWith('-27')) continue;
        const values = intervalStarts(dataset, day).flatMap((ms, n) =>
          SERIES.flatMap((series, s) => {
            const value = (n + s) % 7 === 0 ? null : Math.round(Math.sin(ms / 7e6 + s) * 4_000) / 8;
            return (n * 5 + s) % 11 === 0 ? [] : [[series, new Date(ms).toISOString(), value] as const];
          }),
        );
        await testEnv.publish(dataset, day, new Date(`${addDays(day, -1)}T09:30:00Z`), values);
        const revised = values.map(([series, at, value], n) => [series, at, n % 9 ? value : n] as const);
        await testEnv.publish(dataset, day, new Date(`${addDays(day, -1)}T15:00:00Z`), revised);
      }
});
afterAll(() => testEnv.close());

const ZONES = ['Europe/Amsterdam', 'Europe/Lisbon', 'UTC', 'America/New_York'];
const FUNCTIONS = ['avg', 'min', 'max', 'sum', 'first', 'last', 'count'] as const;

describe('the law', () => {
  const rangeOf = fc.constantFrom(...SPANS).chain(([from, to]) => {
    const [startMs, endMs] = [dayInterval(from, 'UTC').startMs, dayInterval(to, 'UTC').endMs];
    const quarters = (endMs - startMs) / 900_000;
    return fc
      .tuple(fc.integer({ min: 0, max: quarters - 2 }), fc.integer({ min: 1, max: quarters }))
      .map(([start, length]) => {
        const at = startMs + start * 900_000;
        return [new Date(at), new Date(Math.min(endMs, at + length * 900_000))] as const;
      });
  });

  test('each bucket is what the rows of its label make, and none is left out', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(hourly, halfHourly),
        rangeOf,
        fc.constantFrom(...RESOLUTIONS.filter((each) => (secondsOf(each) ?? 3_600) >= 3_600)),
        fc.constantFrom(...ZONES),
        fc.constantFrom('', '&as_of=2026-10-24T12:00:00Z', '&gate=D-1T12:00'),
        async (dataset, [from, to], resolution, zone, knowledge) => {
          const range = `dataset=${dataset.id}&from=${from.toISOString()}&to=${to.toISOString()}${knowledge}`;
          const raw = await testEnv.get(`/v1/data?${range}&format=ndjson`);
          const functions = FUNCTIONS.map((name) => `&function=${name}`).join('');
          const url = `/v1/data/aggregated?${range}&resolution=${resolution}&time_zone=${zone}${functions}`;
          const { status, json } = await testEnv.get(`${url}&limit=100000`);
          expect(status).toBe(200);
          const rows = raw.text
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line));
          expect(bucketsByLabel(json.data, resolution, zone)).toEqual(
            model(dataset, rows, [from, to], resolution, zone),
          );
        },
      ),
      { numRuns: runs(25) },
    );
  });

  test('the buckets of a series lie end to end over the range', async () => {
    const { json } = await testEnv.get(
      `/v1/data/aggregated?dataset=${hourly.id}&from=2026-10-22T03:00:00Z&to=2026-10-30&resolution=P1D&time_zone=UTC`,
    );
    const own = json.data.filter(({ series }: { series: string }) => series === 'a');
    expect(own.map(({ bucket }: { bucket: string }) => bucket).slice(1)).toEqual(
      own.slice(0, -1).map(({ ends_at }: { ends_at: string }) => ends_at),
    );
    expect([own[0].bucket, own.at(-1).ends_at]).toEqual([
      '2026-10-22T03:00:00.000Z',
      '2026-10-30T23:00:00.000Z',
    ]);
    expect(json.meta).toMatchObject({ buckets: { resolution: 'P1D', functions: ['avg'], time_zone: 'UTC' } });
  });
});

interface RawRow {
  readonly starts_at: string;
  readonly series: string;
  readonly value: number | null;
}

/** The law, written down as simply as possible: rows of the same label on the wall clock belong together. */
function model(
  dataset: typeof hourly,
  rows: readonly RawRow[],
  [from, to]: readonly [Date, Date],
  resolution: Resolution,
  zone: string,
) {
  const starts = eachDay('2026-03-20', '2026-11-02')
    .flatMap((day) => intervalStarts(dataset, day))
    .filter((ms) => ms >= from.getTime() && ms < to.getTime());
  const labels = new Map<string, number>();
  // A bucket without any start of an interval is there too: every quarter of an hour has a label.
  for (let ms = from.getTime(); ms < to.getTime(); ms += 900_000)
    labels.set(labelOf(ms, resolution, zone), 0);
  for (const ms of starts) {
    const label = labelOf(ms, resolution, zone);
    labels.set(label, (labels.get(label) ?? 0) + 1);
  }
  const series = [...new Set(rows.map((row) => row.series))];
  const found = new Map<string, (number | null)[]>();
  for (const { starts_at, series: name, value } of rows) {
    const key = `${labelOf(Date.parse(starts_at), resolution, zone)} ${name}`;
    found.set(key, [...(found.get(key) ?? []), value]);
  }
  return Object.fromEntries(
    [...labels].flatMap(([label, expected]) =>
      series.map((name) => {
        const own = found.get(`${label} ${name}`)?.flatMap((value) => value ?? []) ?? [];
        return [`${label} ${name}`, { ...figuresOf(own), points: own.length, expected }];
      }),
    ),
  );
}

function figuresOf(values: readonly number[]) {
  const some = values.length > 0;
  const sum = values.reduce((total, value) => total + value, 0);
  return {
    avg: some ? expect.closeTo(sum / values.length, 6) : null,
    min: some ? Math.min(...values) : null,
    max: some ? Math.max(...values) : null,
    sum: some ? expect.closeTo(sum, 6) : null,
    first: values[0] ?? null,
    last: values.at(-1) ?? null,
    count: values.length,
  };
}

function bucketsByLabel(
  data: readonly ({ bucket: string; ends_at: string; series: string } & object)[],
  resolution: Resolution,
  zone: string,
) {
  const entries = data.map(({ bucket, ends_at: _, series, ...figures }) => {
    return [`${labelOf(Date.parse(bucket), resolution, zone)} ${series}`, figures] as const;
  });
  expect(new Set(entries.map(([key]) => key)).size).toBe(entries.length);
  return Object.fromEntries(entries);
}

/** What the wall clock shows of a bucket: never used by the code that is tested. */
function labelOf(ms: number, resolution: Resolution, zone: string): string {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  );
  const day = `${parts.year}-${parts.month}-${parts.day}`;
  switch (resolution) {
    case 'P1Y':
      return `${parts.year}`;
    case 'P3M':
      return `${parts.year} ${Math.ceil(Number(parts.month) / 3)}`;
    case 'P1M':
      return `${parts.year}-${parts.month}`;
    case 'P1W': {
      const date = new Date(`${day}T00:00:00Z`);
      return `week of ${addDays(day, -((date.getUTCDay() + 6) % 7))}`;
    }
    case 'P1D':
      return day;
    case 'PT1H':
      return new Date(ms - (ms % 3_600_000)).toISOString();
    default: {
      const hours = Number(/^PT(\d+)H$/.exec(resolution)?.[1]);
      return `${day} ${Math.floor(Number(parts.hour) / hours)}`;
    }
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const made =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-CA', {
      ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit' },
    });
  formats.set(timeZone, made);
  return made;
}

test.each(['Europe/Amsterdam', 'Europe/Lisbon', 'UTC', 'America/Sao_Paulo'])(
  "days, weeks, months, quarters and years of %s are those of PostgreSQL's calendar",
  async (zone) => {
    const units = { P1D: 'day', P1W: 'week', P1M: 'month', P3M: 'quarter', P1Y: 'year' } as const;
    for (const [resolution, unit] of Object.entries(units) as [keyof typeof units, string][]) {
      const range = { startMs: Date.UTC(2016, 6, 1), endMs: Date.UTC(2018, 11, 1) };
      const ours = [...bucketsOf(resolution, zone, range)].map(({ startMs }) => startMs).slice(1);
      const theirs = await testEnv.rows<{ start: Date }>(
        `select distinct date_trunc($1, hour at time zone $2) at time zone $2 as start
         from generate_series($3::timestamptz, $4::timestamptz - interval '1 hour', interval '1 hour') hour order by 1`,
        [unit, zone, new Date(range.startMs), new Date(range.endMs)],
      );
      expect(ours).toEqual(theirs.map(({ start }) => start.getTime()).filter((ms) => ms > range.startMs));
    }
  },
);

describe('an answer', () => {
  const question = `dataset=${hourly.id}&from=2026-10-22&to=2026-10-30&resolution=PT2H&function=avg&function=count`;

  test('comes in pages that fit together, and says the same in CSV', async () => {
    const whole = await testEnv.get(`/v1/data/aggregated?${question}`);
    expect(whole.json.next).toBeNull();
    const pages = `/v1/data/aggregated?${question}&limit=50`;
    expect(await rowsOfPages(testEnv.get, pages)).toEqual(whole.json.data);
    const csv = await testEnv.get(`/v1/data/aggregated?${question}&format=csv&series=a`);
    expect(csv.text.split('\n', 1)[0]).toBe('bucket,ends_at,series,avg,count,points,expected');
    expect(csv.headers['tidemark-buckets']).toBe('PT2H; time-zone=Europe/Amsterdam');
    const lines = whole.json.data
      .filter(({ series }: { series: string }) => series === 'a')
      .map((row: object) => Object.values(row).join());
    expect(csv.text.trimEnd().split('\n').slice(1)).toEqual(lines);
  });

  test('is not sent again to whoever has it', async () => {
    const { headers } = await testEnv.get(`/v1/data/aggregated?${question}`);
    const known = { 'if-none-match': String(headers.etag) };
    expect((await testEnv.get(`/v1/data/aggregated?${question}`, known)).status).toBe(304);
    expect((await testEnv.get(`/v1/data/aggregated?${question}&function=max`, known)).status).toBe(200);
  });

  test('to HEAD has the headers alone', async () => {
    const url = `/v1/data/aggregated?${question}`;
    const { headers, payload } = await testEnv.api.inject({ method: 'HEAD', url });
    expect(payload).toBe('');
    expect(headers.etag).toBe((await testEnv.get(url)).headers.etag);
    const known = { 'if-none-match': String(headers.etag) };
    expect((await testEnv.api.inject({ method: 'HEAD', url, headers: known })).statusCode).toBe(304);
  });
});

describe('a wrong question', () => {
  const range = 'from=2026-10-22&to=2026-10-23';
  test.each([
    [`${range}&resolution=PT30M`, 422, 'resolution', 'write PT1H or longer'],
    [`${range}&resolution=PT45M`, 400, 'resolution', 'PT15M'],
    [`${range}&resolution=1s`, 422, 'resolution', 'are 3600 s apart on these days; write PT1H or longer'],
    [`${range}&resolution=P1D&function=avg&function=mean`, 422, 'function', 'the same'],
    [`${range}`, 400, 'resolution', 'missing'],
    [`${range}&resolution=P1D&function=median`, 400, 'function.0', 'avg'],
    [`${range}&resolution=P1D&function=avg&function=avg`, 400, 'function', 'once'],
    [`${range}&resolution=P1D&time_zone=Europe/Atlantis`, 422, 'time_zone', 'IANA'],
    [`${range}&resolution=P1D&zone=UTC`, 400, 'zone', 'misspelt'],
  ])('%s is refused with %i, names the field and the hint', async (query, status, field, hint) => {
    const { json } = await testEnv.get(`/v1/data/aggregated?dataset=${hourly.id}&${query}`);
    expect(json).toMatchObject({ status, errors: [{ field, hint: expect.stringContaining(hint) }] });
  });

  test('a range over a day that the zone left out, or at the ends of time, is answered', async () => {
    for (const query of [
      'from=2011-12-29&to=2012-01-02&resolution=P1D&time_zone=Pacific/Apia',
      'from=2199-12-30T00:00:00Z&to=2199-12-31T00:00:00Z&resolution=P1Y',
      'from=1900-01-02T00:00:00Z&to=1900-01-03T00:00:00Z&resolution=P1Y',
    ])
      expect((await testEnv.get(`/v1/data/aggregated?dataset=${hourly.id}&${query}`)).status).toBe(200);
  });
});
