/** What every dataset says of itself, whatever its shape and however its data come. Pure data. */
import { type CivilDay, isCivilDay } from '../time/civil-day.ts';
import { LONGEST_ID } from './relation-names.ts';
import type { Setting, SettingFault, Settings } from './settings.ts';

/** A publisher with one time zone. */
export interface SourceFacts {
  /** Kebab-case, equal to its folder: `jao-core`. */
  readonly id: string;
  readonly title: string;
  /** Where a person reads about the source. */
  readonly link: string;
  /** IANA zone of its delivery days. */
  readonly timeZone: string;
  /** Environment variables of its own, by name. */
  readonly settings?: Readonly<Record<string, Setting>>;
  /** What is wrong with them together, each alone being right. */
  settingFaults?(settings: Settings): readonly SettingFault[];
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

/** A value that holds from a delivery day on, until the next entry's. Entries ascend. */
export type Effective<T> = readonly ({ readonly from: CivilDay } & T)[];

/**
 * What the source means by leaving something out that it said before.
 * - `keep`: nothing; a point stays as it was, and that it vanished is found
 * - `withdraw`: the record is no more
 * - `nothing`: a payload brings what it brings
 */
type Silence = 'keep' | 'withdraw' | 'nothing';

/** What every dataset says of itself, however its data come. */
export interface DatasetFacts {
  /** `<source>.<dataset>`, equal to folder and file: `jao-core.max-exchanges`. Encoded in ids and tables: decide early. */
  readonly id: string;
  readonly source: SourceFacts | Source;
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
  /** Days to keep values, their versions and rollups; null keeps them permanently. Only datasets with rollups can be limited so far. */
  readonly retentionDays: number | null;
  readonly silence: Silence;
  /** The first delivery day that exists. */
  readonly firstDay: CivilDay;
  /** Days of data per hypertable chunk. */
  readonly chunkDays: number;
  /** Raised by one whenever the decoder or the checks change what they make of the same bytes. */
  readonly decoderVersion: number;
}

/** A day after all that a definition says: what is in force then is so now. */
export const NEWEST: CivilDay = '9999-12-31';

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

export function quotaFaults({ quota }: Source): string[] {
  const sane = quota.requests >= 1 && quota.windowMs >= 1 && quota.reservedForLive < quota.requests;
  return sane ? [] : ['quota needs requests >= 1, windowMs >= 1 and reservedForLive below requests'];
}

export function ascending(entries: Effective<unknown>): boolean {
  return (
    entries.length > 0 &&
    entries.every(({ from }, i) => isCivilDay(from) && (i === 0 || (entries[i - 1]?.from ?? '') < from))
  );
}
