/**
 * The dataset contract: everything the platform needs to know to fetch, validate, write, poll, backfill and publish a
 * dataset. A dataset file holds one `defineDataset({...})` and nothing else has to be edited: no registry, no
 * workflow, no migration. Definitions are pure data and pure functions: no clock, no environment, no I/O.
 */
import type { Check } from '../interpret/checks.ts';
import type { Finding } from '../interpret/finding.ts';
import type { CivilDay, Interval } from '../time/civil-day.ts';
import { isCivilDay } from '../time/civil-day.ts';
import type { Area } from '../time/location.ts';
import { type PlainNames, plainFaults } from './plain-names.ts';
import { LONGEST_ID } from './relation-names.ts';

/** A publisher with one time zone. */
export interface SourceFacts {
  /** Kebab-case, equal to its folder: `jao-core`. */
  readonly id: string;
  readonly title: string;
  /** Where a person reads about the source. */
  readonly link: string;
  /** IANA zone of its delivery days. */
  readonly timeZone: string;
}

/** A publisher that is asked over HTTP: one base URL, one quota. */
export interface Source extends SourceFacts {
  /** The environment variable that overrides the base URL, and the real publisher's own. No trailing slash. */
  readonly baseUrl: { readonly setting: string; readonly default: string };
  readonly quota: Quota;
}

/** At most `requests` in any `windowMs`, over all workers together. */
export interface Quota {
  readonly requests: number;
  readonly windowMs: number;
  /** How many of `requests` a backfill may never use, so that live polling does not wait behind it. */
  readonly reservedForLive: number;
}

/** A moment relative to a delivery day, on the source's wall clock: `{ day: -1, time: '10:30' }` is 10:30 the day before. */
export interface LocalMoment {
  readonly day: number;
  readonly time: string;
}

/** A value that holds from a delivery day on, until the next entry's. Entries ascend. */
export type Effective<T> = readonly ({ readonly from: CivilDay } & T)[];

/** When a delivery day is published, and how eagerly to look. All times are the source's wall clock. */
export interface Publication {
  /** Before this moment the day cannot be there; nobody asks. */
  readonly opens: LocalMoment;
  /** When it usually is there. */
  readonly expected: LocalMoment;
  /** After this moment an absent day is late. */
  readonly deadline: LocalMoment;
  /**
   * Set when nobody publishes on weekends and holidays of this area (ISO 3166): a deadline on such a day is at the same
   * time of the next business day.
   */
  readonly businessDays?: Area;
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

/** What to ask the source for a window. */
export interface SourceRequest {
  /** Path after the base URL, with a leading slash. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly accept: string;
  /** An answer larger than this (after decompression) is refused unread. */
  readonly maxBytes: number;
  /** Limit for the whole exchange, body included. */
  readonly timeoutMs: number;
}

/** One value as published, before any rule has looked at it. */
export interface DecodedPoint {
  /** As published: printable, at most 200 characters. */
  readonly series: string;
  /** UTC start of a half-open interval, milliseconds. */
  readonly startsAtMs: number;
  /** A published null is a null: not zero, not absent. */
  readonly value: number | null;
  /** Where in the payload, in the payload's own terms. */
  readonly place: string;
}

/** What a decoder made of the bytes: the points it could read, and findings for those it could not. */
export interface Decoded {
  readonly points: readonly DecodedPoint[];
  readonly findings: readonly Finding[];
}

/** What every dataset says of itself, however its data come. */
export interface DatasetFacts {
  /** `<source>.<dataset>`, equal to folder and file: `jao-core.max-exchanges`. Encoded in ids and tables: decide early. */
  readonly id: string;
  readonly source: SourceFacts;
  readonly title: string;
  readonly description: string;
  /** Unit of the values, as traders write it: `MW`. */
  readonly unit: string;
  readonly owner: string;
  readonly licence: string;
  /** Where a person reads about this dataset. */
  readonly link: string;
  /** `open`: every reader may select it · `restricted`: granted by name. */
  readonly access: 'open' | 'restricted';
  /** Days to keep values, their versions and rollups; null keeps them for ever. Only datasets of files can be limited so far. */
  readonly retentionDays: number | null;
  /** The first delivery day that exists. */
  readonly firstDay: CivilDay;
  /** Days of data per hypertable chunk. */
  readonly chunkDays: number;
  /** Raised by one whenever the decoder or the checks change what they make of the same bytes. */
  readonly decoderVersion: number;
}

/** A dataset of series whose source is asked for each delivery day. */
export interface DatasetDefinition extends DatasetFacts {
  readonly kind?: 'polled';
  readonly plain?: PlainNames;
  readonly source: Source;
  /** Length of the intervals, minutes; must divide an hour: days have 23, 24 or 25 of them. */
  readonly resolution: Effective<{ readonly minutes: number }>;
  /** How many series a complete day has at least. More are accepted, catalogued and then expected for that day. */
  readonly expectedSeries: Effective<{ readonly count: number }>;
  readonly publication: Publication;
  readonly polling: Polling;
  /**
   * Set when one request may ask for several days: how long its window may be at most, elapsed hours. Backfills then ask
   * for adjacent days together; a day alone may always be asked for.
   */
  readonly span?: { readonly maxHours: number };
  /** @param window the UTC interval of a delivery day, or of several adjacent ones where `span` allows it. */
  request(window: Interval): SourceRequest;
  /**
   * Bytes to points. Pure; keeps the source's order; leaves judging to the checks.
   * @throws AnswerRefused when the answer as a whole cannot be what the source promises.
   */
  decode(body: Uint8Array): Decoded;
  readonly checks: readonly Check[];
  /** Catalogue facts of a series read from its key; an unreadable key has none. */
  seriesAttributes(series: string): Readonly<Record<string, string>>;
}

/**
 * Checks a definition and freezes it.
 * @throws RangeError that lists every fault of the definition at once.
 */
export function defineDataset(definition: DatasetDefinition): DatasetDefinition {
  const faults = [
    ...factFaults(definition),
    ...plainFaults(definition.plain),
    ...calendarFaults(definition),
    ...spanFaults(definition),
    ...quotaFaults(definition.source),
  ];
  if (faults.length > 0) throw new RangeError(`dataset "${definition.id}": ${faults.join('; ')}`);
  return Object.freeze(definition);
}

/** The entry in force on a day. Days before the first entry get the first. */
export function effectiveOn<T>(entries: Effective<T>, day: CivilDay): { readonly from: CivilDay } & T {
  const found = entries.findLast(({ from }) => from <= day) ?? entries[0];
  if (!found) throw new RangeError('no effective entry');
  return found;
}

const ID_PATTERN = /^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/;

/** What is wrong with the facts that every dataset has. */
export function factFaults(definition: DatasetFacts): string[] {
  const { id, source, firstDay, decoderVersion, chunkDays } = definition;
  const faults: string[] = [];
  if (!ID_PATTERN.test(id)) faults.push('id must be <source>.<dataset>, each kebab-case');
  if (id.length > LONGEST_ID)
    faults.push(
      `id has ${id.length} characters, at most ${LONGEST_ID} make names that PostgreSQL keeps whole`,
    );
  if (!id.startsWith(`${source.id}.`)) faults.push(`id must start with its source "${source.id}."`);
  if (!isCivilDay(firstDay)) faults.push(`firstDay "${firstDay}" is not an existing date`);
  if (!Number.isInteger(decoderVersion) || decoderVersion < 1)
    faults.push('decoderVersion must be 1 or more');
  if (!Number.isInteger(chunkDays) || chunkDays < 1) faults.push('chunkDays must be 1 or more');
  return faults;
}

function calendarFaults({ resolution, expectedSeries, polling, retentionDays }: DatasetDefinition): string[] {
  const faults: string[] = [];
  // A promise that nothing keeps would be worse than a refusal.
  if (retentionDays !== null) faults.push('retentionDays must be null: nothing deletes old days yet');
  if (!ascending(resolution)) faults.push('resolution needs entries that ascend by "from"');
  if (!ascending(expectedSeries)) faults.push('expectedSeries needs entries that ascend by "from"');
  if (resolution.some(({ minutes }) => minutes <= 0 || 60 % minutes !== 0)) {
    faults.push('resolution minutes must divide an hour');
  }
  if (polling.waiting.length === 0 || polling.revisions.length === 0) {
    faults.push('polling needs at least one entry in "waiting" and in "revisions"');
  }
  return faults;
}

/** The shortest window of two days: one of 23 hours and one of 24. */
const SHORTEST_SPAN_HOURS = 47;

function spanFaults({ span }: DatasetDefinition): string[] {
  if (!span || (Number.isInteger(span.maxHours) && span.maxHours >= SHORTEST_SPAN_HOURS)) return [];
  const cure = 'leave "span" out if a request may ask for one day only';
  return [
    `span.maxHours must be a whole number of at least ${SHORTEST_SPAN_HOURS} hours (two days); ${cure}`,
  ];
}

function quotaFaults({ quota }: Source): string[] {
  const sane = quota.requests >= 1 && quota.windowMs >= 1 && quota.reservedForLive < quota.requests;
  return sane ? [] : ['quota needs requests >= 1, windowMs >= 1 and reservedForLive below requests'];
}

function ascending(entries: Effective<unknown>): boolean {
  return (
    entries.length > 0 &&
    entries.every(({ from }, i) => isCivilDay(from) && (i === 0 || (entries[i - 1]?.from ?? '') < from))
  );
}
