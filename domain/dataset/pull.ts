/** The contract of data that schedules and backfills request: when it is available, how often to request it, and how. */
import type { CivilDay, Interval } from '../time/civil-day.ts';
import type { Area } from '../time/location.ts';
import type { Fetch } from './fetcher.ts';
import type { Decoded } from './points.ts';
import type { Settings } from './settings.ts';

/** A moment relative to a delivery day, on the source's wall clock: `{ day: -1, time: '10:30' }` is 10:30 the day before. */
export interface LocalMoment {
  readonly day: number;
  readonly time: string;
}

/** When a delivery day is published, as a guide for polling. All times are the source's wall clock. */
export interface Publication {
  /** Before this moment the day cannot exist; it is not requested. */
  readonly opens: LocalMoment;
  /** When it is usually available. */
  readonly expected: LocalMoment;
  /** After this moment an absent day is late. */
  readonly deadline: LocalMoment;
  /**
   * Set when nothing is published on weekends and holidays of this area (ISO 3166), as a dataset has them: a deadline on such a day is at
   * the same time of the next business day.
   */
  readonly businessDays?: BusinessDays;
}

/** The public holidays of an area in a dataset with the fields `country`, `subdivision`, `date` and `type`. */
export interface BusinessDays extends Area {
  /** Id of the dataset. */
  readonly holidays: string;
}

/** How often to request. Polling never requests days older than the last cadence reaches, nor days that are not open yet. */
export interface Polling {
  /** How often the schedule checks whether something is due, minutes. */
  readonly tickMinutes: number;
  /** While a day is not complete: from each moment on, request it every so many minutes. */
  readonly waiting: readonly { readonly from: LocalMoment; readonly everyMinutes: number }[];
  /** Once complete, to catch revisions: up to so many hours after the expected publication, request it every so many minutes. */
  readonly revisions: readonly { readonly untilHours: number; readonly everyMinutes: number }[];
}

/** The request for a window. */
export interface SourceRequest {
  /** Sent with POST; without it, the request is a GET. */
  readonly post?: RequestBody;
  /** Path after the base URL, with a leading slash. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly accept: string;
  /** An answer larger than this (after decompression) is refused unread. */
  readonly maxBytes: number;
  /** Limit for the whole exchange, body included. */
  readonly timeoutMs: number;
}

/** The body of a request. */
export interface RequestBody {
  readonly contentType: string;
  readonly body: string;
  /** Parts of it that must not appear in messages. */
  readonly secrets?: readonly string[];
}

/** What a request is for, besides its window. */
export interface RequestOptions {
  /** One of the day's parts; empty where one request brings the whole day. */
  readonly part: string;
  /** Those of the source. */
  readonly settings: Settings;
}

/** The whole day in one request, from a source without settings. */
export const WHOLE_DAY: RequestOptions = { part: '', settings: {} };

/** What a decoder gets to know about the response that it reads. */
export interface Answer {
  /** The delivery day that it is read for; for a request for several, decoded once together, the first of them. */
  readonly unit: CivilDay;
  /** The part that was requested; empty where one request brings the whole day. */
  readonly part: string;
  /** The UTC interval that was requested. */
  readonly window: Interval;
  /** Without keys; empty if it was never requested. */
  readonly url: string;
  readonly status: number;
  readonly contentType: string | null;
}

/** The requests of a delivery day, where it takes several: one for each zone, border or page. */
export interface Parts {
  /** Their names, as they were on that day: printable, at most 200 characters. They stand in `ops.payload.part`. */
  of(day: CivilDay, settings: Settings): readonly string[];
  /** Minimum number of series of a part; @default `expectedSeries` of the definition */
  expectedSeries?(part: string, day: CivilDay): number;
}

/** Responses that mean that the day is not published yet, rather than an error. */
export interface NotPublished {
  /** Such as 404. */
  readonly statuses: readonly number[];
  /** A pattern that the body must match; without it, any body does. */
  readonly body?: RegExp;
}

/** How delivery days of points are requested. */
export interface PointPull {
  readonly publication: Publication;
  readonly polling: Polling;
  /**
   * Set when one request may cover several days: the maximum length of its window in elapsed hours. Backfills then request adjacent days
   * together; a single day may always be requested.
   */
  readonly batch?: {
    readonly maxHours: number;
    /** How many days a request may cover according to a refusal, if the refusal says that there were too many. */
    daysAllowed?(refusal: string): number | undefined;
  };
  /** Set where a day takes several requests. Silence then has a meaning only within a part. */
  readonly parts?: Parts;
  /** Not needed where the source says so in a body of status 200 without points. */
  readonly notPublished?: NotPublished;
  /** @param window the UTC interval of a delivery day, or of several adjacent ones where `batch` allows it. */
  request(window: Interval, options: RequestOptions): SourceRequest;
  /**
   * Bytes to points. Pure; keeps the source's order; leaves judgement to the checks.
   * @throws AnswerRefused when the answer as a whole cannot be what the source promises.
   */
  decode(body: Uint8Array, answer: Answer): Decoded;
}

/** How a schedule keeps periods around now up to date. */
export interface PeriodPull {
  /** So many periods before the present one, and so many after it. */
  readonly back: number;
  readonly ahead: number;
  /** How long an answer stays current. */
  readonly everyMinutes: number;
  /** How often the schedule checks whether something is due, minutes. */
  readonly tickMinutes: number;
  /**
   * When a period is published at the latest, if it may have no records at all: a later answer without any means that there are none, and
   * the period is complete. Without it, a period is awaited until it has records.
   */
  readonly publishedBy?: LocalMoment;
  /** Fetches a period: an answer that is complete for it. */
  readonly fetch: Fetch;
}

/** The shortest window of two days: one of 23 hours and one of 24. */
const SHORTEST_BATCH_HOURS = 47;

/** What is wrong with how points are requested. */
export function pullFaults({ polling, batch, notPublished }: PointPull): string[] {
  const isWhole = Number.isInteger(batch?.maxHours) && (batch?.maxHours ?? 0) >= SHORTEST_BATCH_HOURS;
  return [
    ...(polling.waiting.length === 0 || polling.revisions.length === 0
      ? ['pull.polling needs at least one entry in "waiting" and in "revisions"']
      : []),
    ...(notPublished?.statuses.some((status) => status < 400 || status > 499)
      ? [
          `pull.notPublished.statuses is [${notPublished.statuses.join(', ')}]: write statuses from 400 to 499`,
        ]
      : []),
    ...(batch && !isWhole
      ? [
          `pull.batch.maxHours must be a whole number of at least ${SHORTEST_BATCH_HOURS} hours (two days); ` +
            'leave "batch" out if a request may be for one day only',
        ]
      : []),
  ];
}
