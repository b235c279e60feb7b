/**
 * What the tables of the Publication Tool have in common, in any region: where they are, how they are requested, decoded, polled and
 * checked. A row contains only what differs. Times are the source's wall clock, the day before delivery.
 */
import type { Effective, Source } from '../../domain/dataset/facts.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import type { PointPull } from '../../domain/dataset/pull.ts';
import {
  type Check,
  frozen,
  missingIntervals,
  missingSeries,
  nullValues,
  sameAsYesterday,
  validRange,
} from '../../domain/interpret/checks.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { attributesOf } from './columns.ts';
import { envelope } from './envelope.ts';
import { withExample } from './example.ts';

/** How a table is requested. */
export interface PublishedTable {
  /** Its part of the path: `core`. */
  readonly region: string;
  /** As the source spells it: `maxExchanges`. */
  readonly table: string;
  /** Prefixes of the columns with values. @default `border_` */
  readonly columns?: readonly string[];
  /** When the handbook says it is published, `HH:MM` from 02:00 on. @default with the final domain, 10:30 */
  readonly published?: string;
  /** Set where a day is republished until it is over: it is requested every half hour until then. */
  readonly renewed?: boolean;
}

/** What differs between tables of points. */
export interface JaoTable extends PublishedTable, Pick<PulledPoints, 'title' | 'description' | 'firstDay'> {
  /** The second half of the dataset's id: `net-positions`. */
  readonly name: string;
  readonly source: Source;
  /** @default MW */
  readonly unit?: string;
  /** Set where its values are by quarter-hour since the day-ahead market is; else they are by hour. */
  readonly quarters?: true;
  /** Its series on a delivery day, as far as they are known: so many are expected. */
  readonly series: (day: CivilDay) => readonly string[];
  /** Values outside cannot be right. */
  readonly range: readonly [min: number, max: number];
  /** Set where a day may be constant or repeat the day before. */
  readonly steady?: boolean;
  /** Columns that may be null on a good day. */
  readonly nullable?: (series: string) => boolean;
  /** Checks besides those of every table. */
  readonly checks?: readonly Check[];
}

const FIFTEEN_MINUTES_FROM = '2025-10-01';

/** Hourly until the day-ahead market changed to quarter-hours. */
export function quarterHourly(firstDay: string): Effective<{ readonly minutes: number }> {
  return [
    { from: firstDay, minutes: 60 },
    { from: FIFTEEN_MINUTES_FROM, minutes: 15 },
  ];
}

/** From this delivery day on there are virtual hubs. */
const HUBS_FROM = '2026-06-11';

/** The definition of a table. */
export function jaoTable({ name, range, steady = false, nullable, series, ...table }: JaoTable) {
  const { source, region, table: slug, title, description, unit = 'MW', firstDay, quarters } = table;
  const counts = [firstDay, HUBS_FROM].map((from) => ({ from, count: series(from).length }));
  const still = steady ? [] : [frozen(), sameAsYesterday()];
  const dataset = {
    ...{ shape: 'points' as const, silence: 'keep' as const, id: `${source.id}.${name}`, source },
    ...{ title, description, unit, firstDay },
    resolution: quarters ? quarterHourly(firstDay) : [{ from: firstDay, minutes: 60 }],
    expectedSeries: counts[0]?.count === counts[1]?.count ? counts.slice(0, 1) : counts,
    owner: 'JAO S.A. for the TSOs of the region',
    licence: "JAO's terms of use",
    link: `https://publicationtool.jao.eu/${region}/${slug}`,
    ...{ access: 'open' as const, retentionDays: null, chunkDays: 30, decoderVersion: 1 },
    pull: pullOf(table),
    checks: [
      ...[missingIntervals(), missingSeries(), nullValues(nullable), validRange(...range, unit), ...still],
      ...(table.checks ?? []),
    ],
    seriesAttributes: attributesOf,
  } satisfies PulledPoints;
  return withExample(dataset, series);
}

const REVISIONS: PointPull['polling']['revisions'] = [
  { untilHours: 24, everyMinutes: 60 },
  { untilHours: 72, everyMinutes: 180 },
  { untilHours: 240, everyMinutes: 720 },
  { untilHours: 744, everyMinutes: 2880 },
];
const UNTIL_OVER = { untilHours: 34, everyMinutes: 30 };

/** How a table is requested, decoded and polled. */
export function pullOf({
  region,
  table,
  columns = ['border_'],
  published = '10:30',
  renewed,
}: PublishedTable): PointPull {
  const opens = minutesAfter(published, -90);
  // Half an hour of grace after the handbook's time: a publication a minute late is not worth an alarm.
  const deadline = minutesAfter(published, 30);
  return {
    publication: {
      opens: { day: -1, time: opens },
      expected: { day: -1, time: published },
      deadline: { day: -1, time: deadline },
    },
    polling: {
      tickMinutes: 5,
      waiting: [
        { from: { day: -1, time: opens }, everyMinutes: 10 },
        { from: { day: -1, time: minutesAfter(published, -30) }, everyMinutes: 3 },
        { from: { day: -1, time: minutesAfter(published, 60) }, everyMinutes: 15 },
        { from: { day: 1, time: '00:00' }, everyMinutes: 180 },
      ],
      revisions: renewed ? [UNTIL_OVER, ...REVISIONS.slice(1)] : REVISIONS,
    },
    batch: { maxHours: 48 },
    request: ({ startMs, endMs }) => ({
      path: `/${region}/api/data/${table}`,
      query: { FromUtc: new Date(startMs).toISOString(), ToUtc: new Date(endMs).toISOString() },
      accept: 'application/json',
      maxBytes: 16 * 1024 * 1024,
      timeoutMs: 60_000,
    }),
    decode: envelope(columns),
  };
}

/** @param time `HH:MM`; the result must be on the same day */
function minutesAfter(time: string, minutes: number): string {
  const [hours = 0, past = 0] = time.split(':').map(Number);
  const total = hours * 60 + past + minutes;
  return [Math.floor(total / 60), total % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
