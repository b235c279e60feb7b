/**
 * What the tables of points have in common: how they are requested zone by zone or border by border, decoded, polled and checked. A dataset
 * file contains only what differs. Times are Brussels' wall clock.
 */
import type { PulledPoints } from '../../domain/dataset/points.ts';
import type { Parts, PointPull } from '../../domain/dataset/pull.ts';
import { type Check, missingIntervals, missingSeries, validRange } from '../../domain/interpret/checks.ts';
import type { Interval } from '../../domain/time/civil-day.ts';
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
export function daysAllowed(refusal: string): number | undefined {
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
