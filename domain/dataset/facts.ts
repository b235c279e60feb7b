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
  /** Values of these for a simulated run in which nobody set them: less than all there is, so that it is loaded soon. */
  readonly whenSimulated?: Readonly<Record<string, string>>;
  /** What is wrong with them together, each alone being right. */
  settingFaults?(settings: Settings): readonly SettingFault[];
}

/** A publisher that is asked over HTTP: one base URL, whose host has one quota. */
export interface Source extends SourceFacts {
  /** The environment variable that overrides the base URL, and the real publisher's own. No trailing slash. */
  readonly baseUrl: { readonly setting: string; readonly default: string };
  readonly quota: Quota;
  /** Set where nobody is answered without a key. Its setting must be one of `settings`, with `secret: true`. */
  readonly credential?: Credential;
}

/** Where a key goes in each request. While its setting is missing, nothing is requested: the datasets of the source are dormant. */
export interface Credential {
  readonly setting: string;
  readonly in: 'header' | 'query';
  /** Name of the header, or of the parameter. */
  readonly name: string;
  /** Before the key in a header: `Bearer `. */
  readonly prefix?: string;
}

/** At most `requests` in any `windowMs`, over all workers and all sources of the host together. */
export interface Quota {
  readonly requests: number;
  readonly windowMs: number;
  /** How many of `requests` a backfill may never use, so that live polling does not wait behind it. */
  readonly reservedForLive: number;
  /** How long the host refuses everybody who asked too often, milliseconds; the window, when left out. */
  readonly banMs?: number;
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
  /** Set where `npm start` should load it before all others, and show how to look at its data. */
  readonly leading?: boolean;
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

/** What is wrong with how a source is requested. */
export function httpSourceFaults({ baseUrl, quota, credential, settings }: Source): string[] {
  const sane = quota.requests >= 1 && quota.windowMs >= 1 && quota.reservedForLive < quota.requests;
  const isSecret = !credential || settings?.[credential.setting]?.secret === true;
  return [
    ...(sane ? [] : ['quota needs requests >= 1, windowMs >= 1 and reservedForLive below requests']),
    ...(URL.canParse(baseUrl.default) ? [] : [`source.baseUrl.default "${baseUrl.default}" is no URL`]),
    ...(isSecret
      ? []
      : [
          `source.credential.setting "${credential.setting}" must stand in source.settings with "secret: true"`,
        ]),
  ];
}

/** A sentence for each source that says another quota than one before it of the same host: nobody could keep both. */
export function contradictingQuotas(sources: readonly Source[]): string[] {
  const first = new Map<string, Source>();
  return sources.flatMap((source) => {
    const host = hostOf(source);
    const other = first.get(host) ?? source;
    first.set(host, other);
    return JSON.stringify(other.quota) === JSON.stringify(source.quota)
      ? []
      : [
          `sources "${other.id}" and "${source.id}" share ${host} and its quota: write the same quota in both`,
        ];
  });
}

/** Whose quota its requests count for: that of the real publisher, wherever a setting has moved the base URL. */
export function hostOf({ baseUrl }: Pick<Source, 'baseUrl'>): string {
  return new URL(baseUrl.default).host;
}

export function ascending(entries: Effective<unknown>): boolean {
  return (
    entries.length > 0 &&
    entries.every(({ from }, i) => isCivilDay(from) && (i === 0 || (entries[i - 1]?.from ?? '') < from))
  );
}
