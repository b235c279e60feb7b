/**
 * What the tables of points have in common: how they are requested zone by zone or border by border, decoded, polled and checked. A row
 * contains only what differs. Times are Brussels' wall clock.
 */
import type { PulledPoints } from '../../domain/dataset/points.ts';
import type { Parts, PointPull } from '../../domain/dataset/pull.ts';
import { type Check, missingIntervals, missingSeries, validRange } from '../../domain/interpret/checks.ts';
import type { CivilDay, Interval } from '../../domain/time/civil-day.ts';
import { exampleOf } from './example.ts';
import { decodePoints } from './points.ts';
import type { Product } from './product.ts';
import { entsoe } from './source.ts';
import { zonesOn } from './zones.ts';

/** What differs between tables. */
export interface EntsoeTable
  extends Pick<PulledPoints, 'title' | 'description' | 'unit' | 'seriesAttributes'> {
  /** The second half of the dataset's id: `load-actual`. */
  readonly name: string;
  readonly product: Product;
  readonly schedule: Pick<PointPull, 'publication' | 'polling'>;
  /** Values outside cannot be right. */
  readonly range: readonly [min: number, max: number];
  /** @default the zones of a day */
  readonly parts?: Parts;
  /** Checks besides those of every table. */
  readonly checks?: readonly Check[];
}

/** The platform opened on this day. */
const FIRST_DAY = '2015-01-05';

/** The finest steps of markets; hours and half hours also occur. */
const FINEST_MINUTES = 15;

/**
 * Four weeks, even across clock changes: below the platform's limit of a month, counted in UTC. Prices may be requested by the year, but
 * all days of a request are started together.
 */
const LONGEST_HOURS = 28 * 24 + 1;

const DAYS_OF: Readonly<Record<string, number>> = { Y: 365, M: 28, W: 7, D: 1 };

/** `… is larger than maximum allowed period 'P1M' for …` */
function daysAllowed(refusal: string): number | undefined {
  const [, count, unit = ''] = /maximum allowed period 'P(\d{1,3})([YMWD])'/.exec(refusal) ?? [];
  const days = Number(count) * (DAYS_OF[unit] ?? Number.NaN);
  return days > 0 ? days : undefined;
}

const byZone: Parts = { of: (day, settings) => zonesOn(day, settings).map(({ code }) => code) };

/** The definition of a table. */
export function entsoeTable({
  name,
  product,
  schedule,
  range,
  parts = byZone,
  checks = [],
  ...facts
}: EntsoeTable) {
  const [min, max] = range;
  const partOn = (day: CivilDay) => parts.of(day, {})[0] ?? '';
  return {
    ...{ shape: 'points' as const, silence: 'keep' as const, id: `entsoe.${name}`, source: entsoe, ...facts },
    owner: 'ENTSO-E for the TSOs and market operators',
    licence: "ENTSO-E's terms of use",
    link: 'https://transparency.entsoe.eu/',
    ...{ access: 'open' as const, retentionDays: null, chunkDays: 30, decoderVersion: 1 },
    firstDay: FIRST_DAY,
    resolution: [{ from: FIRST_DAY, minutes: FINEST_MINUTES }],
    ownSteps: true as const,
    expectedSeries: [{ from: FIRST_DAY, count: 1 }],
    pull: {
      ...schedule,
      batch: { maxHours: LONGEST_HOURS, daysAllowed },
      parts,
      request: (window, { part }) => requestOf(product, window, part),
      decode: (body, answer) => decodePoints(body, product, answer),
    },
    checks: [missingIntervals(), missingSeries(), validRange(...range, facts.unit), ...checks],
    example: exampleOf(product, partOn, Math.max(min, 0) + (max - Math.max(min, 0)) / 50),
  } satisfies PulledPoints;
}

function requestOf(product: Product, { startMs, endMs }: Interval, part: string) {
  const { documentType, processType, query, areas } = product;
  return {
    path: '/api',
    query: {
      documentType,
      ...(processType === undefined ? {} : { processType }),
      ...areas(part).query,
      ...query,
      periodStart: stamp(startMs),
      periodEnd: stamp(endMs),
    },
    accept: 'application/xml, text/xml, application/zip',
    maxBytes: 64 * 1024 * 1024,
    // The platform gives up after 300 s; answers of half a minute are usual on bad days.
    timeoutMs: 180_000,
  };
}

/** `202611202300`, UTC, the platform's time format. */
export function stamp(atMs: number): string {
  return new Date(atMs).toISOString().replaceAll(/\D/g, '').slice(0, 12);
}

// Checks specific to the platform.

/** The platform has served zeros as prices of days not yet published: no real day is zero throughout. */
export function allZeros(): Check {
  return {
    rule: 'all_zeros',
    severity: 'block',
    summary:
      'Every value of a series is zero, as the platform answered for days that were not published; the points are quarantined.',
    *run({ series }) {
      for (const [name, { startsAtMs, values }] of series) {
        if (values.length < 2 || values.some((value) => value !== 0)) continue;
        for (const at of startsAtMs)
          yield { series: name, startsAtMs: at, reason: `${name} is zero all day long` };
      }
    },
  };
}
