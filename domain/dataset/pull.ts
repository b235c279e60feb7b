/** The contract of data that a schedule and backfills request: when they are there, how eagerly to ask, and for what. */
import type { CivilDay, Interval } from '../time/civil-day.ts';
import type { Area } from '../time/location.ts';
import type { Fetch } from './fetcher.ts';
import type { Decoded } from './points.ts';
import type { Settings } from './settings.ts';
import type { StandIn } from './stand-in.ts';

/** A moment relative to a delivery day, on the source's wall clock: `{ day: -1, time: '10:30' }` is 10:30 the day before. */
export interface LocalMoment {
  readonly day: number;
  readonly time: string;
}

/** When a delivery day is published, and how eagerly to look. All times are the source's wall clock. */
export interface Publication {
  /** Before this moment the day cannot be there; nobody asks. */
  readonly opens: LocalMoment;
  /** When it usually is there. */
  readonly expected: LocalMoment;
  /** After this moment an absent day is late. */
  readonly deadline: LocalMoment;
  /**
   * Set when nobody publishes on weekends and holidays of this area (ISO 3166), as a dataset has them: a deadline on such a
   * day is at the same time of the next business day.
   */
  readonly businessDays?: BusinessDays;
}

/** The public holidays of an area in a dataset with the fields `country`, `subdivision`, `date` and `type`. */
export interface BusinessDays extends Area {
  /** Id of the dataset. */
  readonly holidays: string;
}

/** How often to ask. The poller never asks for days older than the last cadence reaches, nor for days that are not open yet. */
export interface Polling {
  /** How often the schedule looks whether something is due, minutes. */
  readonly tickMinutes: number;
  /** While a day is not complete: from each moment on, ask every so many minutes. */
  readonly waiting: readonly { readonly from: LocalMoment; readonly everyMinutes: number }[];
  /** Once complete, to catch revisions: up to so many hours after the expected publication, ask every so many minutes. */
  readonly revisions: readonly { readonly untilHours: number; readonly everyMinutes: number }[];
}

/** The request for a window. */
export interface SourceRequest {
  /** Sent with POST; left out, the request is a GET. */
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

/** What is sent along. */
export interface RequestBody {
  readonly contentType: string;
  readonly body: string;
  /** What of it is in no message. */
  readonly secrets?: readonly string[];
}

/** What a request is for, beside its window. */
export interface Asked {
  /** One of the day's parts; empty where one request brings the whole day. */
  readonly part: string;
  /** Those of the source. */
  readonly settings: Settings;
}

/** What is asked for where one request brings a whole day, by a source without settings. */
export const WHOLE_DAY: Asked = { part: '', settings: {} };

/** What a decoder is told of the response whose body it reads. */
export interface Answer {
  /** The delivery day that it is read for; where the request was for several, which are decoded once together, the first of them. */
  readonly unit: CivilDay;
  /** The part that was requested; empty where one request brings the whole day. */
  readonly part: string;
  /** The UTC interval that was requested. */
  readonly window: Interval;
  /** Without keys; empty of what was never requested. */
  readonly url: string;
  readonly status: number;
  readonly contentType: string | null;
}

/** The requests of a delivery day, where it takes several: one for each zone, border or page. */
export interface Parts {
  /** Their names, as they were on that day: printable, without `@`, at most 200 characters. They stand in `ops.payload.part`. */
  of(day: CivilDay, settings: Settings): readonly string[];
  /** How many series a part has at least; `expectedSeries` of the definition, when left out. */
  expectedSeries?(part: string, day: CivilDay): number;
}

/** Responses that say that the day is not there yet, rather than that something is wrong. */
export interface NotPublished {
  /** Such as 404. */
  readonly statuses: readonly number[];
  /** What the body then matches; any body, when left out. */
  readonly body?: RegExp;
}

/** How delivery days of points are requested. */
export interface PointPull {
  readonly publication: Publication;
  readonly polling: Polling;
  /**
   * Set when one request may ask for several days: how long its window may be at most, elapsed hours. Backfills then ask
   * for adjacent days together; a day alone may always be asked for.
   */
  readonly batch?: {
    readonly maxHours: number;
    /** How many days a request may have by the words of a refusal, where these say that it had too many. */
    daysAllowed?(refusal: string): number | undefined;
  };
  /** Set where a day takes several requests. Silence then means something within a part only. */
  readonly parts?: Parts;
  /** Set where files have the same values, for when the source does not answer. Needs `parts`. */
  readonly standIn?: StandIn;
  /** Left out where the source says it in a body of status 200 that has no points. */
  readonly notPublished?: NotPublished;
  /** @param window the UTC interval of a delivery day, or of several adjacent ones where `batch` allows it. */
  request(window: Interval, asked: Asked): SourceRequest;
  /**
   * Bytes to points. Pure; keeps the source's order; leaves judging to the checks.
   * @throws AnswerRefused when the answer as a whole cannot be what the source promises.
   */
  decode(body: Uint8Array, answer: Answer): Decoded;
}

/** How a schedule keeps periods around now up to date. */
export interface PeriodPull {
  /** So many periods before the present one, and so many after it. */
  readonly back: number;
  readonly ahead: number;
  /** How long an answer is good for. */
  readonly everyMinutes: number;
  /** How often the schedule looks whether something is due, minutes. */
  readonly tickMinutes: number;
  /**
   * When a period is published at the latest, where it may have no records at all: an answer of later without any says that there
   * are none, and the period is complete. Left out, a period is awaited until it has records.
   */
  readonly publishedBy?: LocalMoment;
  /** Brings a period: an answer that says all there is of it. */
  readonly fetch: Fetch;
}

/** The shortest window of two days: one of 23 hours and one of 24. */
const SHORTEST_BATCH_HOURS = 47;

/** What is wrong with how points are requested. */
export function pullFaults({ polling, batch, notPublished, parts, standIn }: PointPull): string[] {
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
    ...(standIn && !parts ? ['pull.standIn needs "parts": what files say is compared part by part'] : []),
    ...(batch && !isWhole
      ? [
          `pull.batch.maxHours must be a whole number of at least ${SHORTEST_BATCH_HOURS} hours (two days); ` +
            'leave "batch" out if a request may be for one day only',
        ]
      : []),
  ];
}
