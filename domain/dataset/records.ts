/**
 * The contract of a dataset of records: things with fields that are corrected after the fact, rather than numbers on a time
 * line. Records have the same units of work, payloads, fold, ledger, findings, change feed and as-of as points.
 */
import { type FoundFiles, foundFaults } from '../files/found-files.ts';
import type { Check } from '../interpret/checks.ts';
import type { Finding } from '../interpret/finding.ts';
import { addDays, type CivilDay, dayAt, dayInterval, type Interval } from '../time/civil-day.ts';
import type { Json } from '../values/json.ts';
import type { DatasetFacts } from './facts.ts';
import { checkFaults } from './known-fields.ts';
import type { PeriodPull } from './pull.ts';
import type { SentLines } from './sent-lines.ts';

export type { Json } from '../values/json.ts';

/** A record as one payload states it. */
export interface DecodedRecord {
  /** Identity within the dataset, as published: printable, at most 200 characters. */
  readonly key: string;
  /** Its instant, milliseconds UTC: the time of an event, the start of a holiday. */
  readonly startsAtMs: number;
  /** The source's own version number; 0 where it has none. With silence `nothing`, a lower one never replaces a higher one. */
  readonly version: number;
  /** All of its fields, including unknown ones. Null: the source says that the record no longer exists. */
  readonly body: { readonly [name: string]: Json } | null;
  /** Position in the payload, in the payload's own terms. */
  readonly place: string;
}

export interface DecodedRecords {
  readonly records: readonly DecodedRecord[];
  readonly findings: readonly Finding[];
}

/** What a check of records sees: the content of one payload for a unit of work, without what cannot be kept anyway. */
export interface RecordCheckInput {
  readonly day: CivilDay;
  readonly records: readonly DecodedRecord[];
}

export type RecordCheck = Check<RecordCheckInput>;

/** A field that readers see as a column. */
export interface RecordField {
  readonly name: string;
  readonly type: 'text' | 'number' | 'boolean' | 'date' | 'instant';
  /** Set for personal data: masked for readers without the grant `tidemark_personal`. */
  readonly personal?: true;
  readonly description: string;
}

/** A current record, as far as it explains something. */
export type ExplainingRecord = Pick<DecodedRecord, 'startsAtMs'> & {
  readonly body: { readonly [name: string]: Json };
};

/** What the records of a day explain about the same day of other datasets: shown wherever such a day is explained. */
export interface Explains {
  /** Ids of those datasets. */
  readonly datasets: readonly string[];
  /**
   * The explanation for the day of one of them, as a clause without a full stop; undefined if there is none. Pure.
   * @param records all current ones of the day, in order of time
   */
  summary(dataset: string, records: readonly ExplainingRecord[]): string | undefined;
}

export interface RecordDataset extends DatasetFacts {
  readonly shape: 'records';
  /**
   * - `withdraw`: an answer is complete for its unit; what is absent was withdrawn as of then. A record belongs to its unit: the same key
   * in another unit is another record.
   * - `nothing`: an answer only adds; of a record the highest version counts, whatever the order and the unit
   */
  readonly silence: 'withdraw' | 'nothing';
  /**
   * Where silence means nothing. `by-source` (the default): records carry a version, and the highest counts. `by-arrival`: they carry none,
   * and the latest counts; a repetition is not a new version.
   */
  readonly versions?: 'by-source' | 'by-arrival';
  /** A unit of work: a day, or a year named by its first day (`2026-01-01`). */
  readonly period: 'day' | 'year';
  readonly fields: readonly RecordField[];
  /** Run on every payload, whatever its origin. */
  readonly checks?: readonly RecordCheck[];
  /**
   * Set when records are about areas: which fields hold them, and which boolean field says that another area stands in because the source
   * does not know this one. Readers may then query by location, and a changed location triggers a fetch.
   */
  readonly location?: { readonly country: string; readonly subdivision: string; readonly fallback: string };
  /** Set when its records explain days of other datasets. */
  readonly explains?: Explains;
  /**
   * Bytes to records. Pure; keeps the source's order. Values of declared fields have the declared type or are null or absent;
   * a record with another is quarantined.
   * @throws AnswerRefused when the answer as a whole cannot be what the source promises.
   */
  decode(body: Uint8Array, day: CivilDay): DecodedRecords;
  /** Set when a schedule fetches it: which periods around now, how often, and how. */
  readonly pull?: PeriodPull;
  /** Set when files of lines are loaded (`tidemark load`). */
  readonly files?: { readonly lines: RecordLines; readonly found?: FoundFiles };
  /** Set when lines are sent to the API (`POST /v1/events/{dataset}`). */
  readonly push?: { readonly lines: RecordLines };
}

/** Records that a schedule requests from a source. */
export interface PulledRecords extends RecordDataset {
  readonly pull: PeriodPull;
}

/** Lines that are records. */
export interface RecordLines extends SentLines {
  /**
   * A quick reading of a JSON line, much faster than `decode`. Undefined where the full reading may find a problem, or is needed to tell.
   * The body may differ only in the spelling of values; the place is empty.
   */
  glance?(line: string): DecodedRecord | undefined;
}

/** How the lines of a dataset are read, by whichever way they come; undefined where none do. */
export function linesOf({ files, push }: RecordDataset): RecordLines | undefined {
  return push?.lines ?? files?.lines;
}

/** The unit of work that an instant belongs to, named by its first day; for points it is a day. */
export function unitAt(
  { period, source }: Pick<DatasetFacts, 'source'> & { readonly period?: RecordDataset['period'] },
  instantMs: number,
): CivilDay {
  const day = dayAt(instantMs, source.timeZone);
  return period === 'year' ? `${day.slice(0, 4)}-01-01` : day;
}

/** The UTC interval of a unit of work. */
export function unitInterval({ period, source }: RecordDataset, day: CivilDay): Interval {
  if (period === 'day') return dayInterval(day, source.timeZone);
  const next = `${addDays(day, 366).slice(0, 4)}-01-01`;
  return {
    startMs: dayInterval(day, source.timeZone).startMs,
    endMs: dayInterval(next, source.timeZone).startMs,
  };
}

/** Faults of a definition, besides its facts. */
export function recordFaults(dataset: RecordDataset): string[] {
  const { fields, silence, versions, checks, files, push, pull, source } = dataset;
  const isOfLines = files !== undefined || push !== undefined;
  return [
    ...fieldFaults(fields),
    ...foundFaults(files?.found, source.settings),
    ...(isOfLines && silence === 'withdraw'
      ? ['silence must be "nothing" where records come in lines: a line says nothing of the others']
      : []),
    ...(versions !== undefined && silence === 'withdraw'
      ? [
          `versions is "${versions}": leave it out where silence is "withdraw", an answer says all there is then`,
        ]
      : []),
    ...checkFaults({ checks, silence }, { grid: false, yesterday: false }),
    ...explainFaults(dataset),
    ...(isOfLines || pull ? [] : ['records need "pull", "files" or "push": nothing would ever come']),
  ];
}

/** Days cannot explain years, and personal data must not appear in explanations. */
function explainFaults({ explains, period, fields }: RecordDataset): string[] {
  if (!explains) return [];
  const personal = fields.filter((field) => field.personal).map(({ name }) => name);
  return [
    ...(period === 'day'
      ? []
      : [`explains needs period "day", not "${period}": it is about days of other datasets`]),
    ...(personal.length === 0
      ? []
      : [
          `explains must be left out: ${personal.join(', ')} are personal data, and explanations are for everybody`,
        ]),
  ];
}

const FIELD_NAME = /^[a-z][a-z0-9_]{0,62}$/;

/** Columns that every relation of records has. */
const COMMON_COLUMNS = [
  ...['key', 'starts_at', 'delivery_day', 'version', 'revision', 'is_current', 'body'],
  ...['known_at', 'known_from', 'known_to', 'payload_id', 'gate_at', 'reached'],
];

function fieldFaults(fields: readonly RecordField[]): string[] {
  const names = fields.map(({ name }) => name);
  const twice = names.filter((name, i) => names.indexOf(name) < i);
  return [
    ...names.filter((name) => !FIELD_NAME.test(name)).map((name) => `field "${name}" is no lower_case name`),
    ...names
      .filter((name) => COMMON_COLUMNS.includes(name))
      .map((name) => `field "${name}" would hide the column of that name that every record has`),
    ...twice.map((name) => `field "${name}" is there twice`),
  ];
}
