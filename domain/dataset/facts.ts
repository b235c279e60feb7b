/** The facts of every dataset, of any kind and origin. Pure data. */
import { type CivilDay, isCivilDay } from '../time/civil-day.ts';
import type { Example } from './example.ts';
import { LONGEST_ID } from './relation-names.ts';
import type { Setting, SettingFault, Settings } from './settings.ts';

/** A publisher with one time zone. */
export interface SourceFacts {
  /** Kebab-case, equal to its folder: `jao-core`. */
  readonly id: string;
  readonly title: string;
  /** Documentation of the source. */
  readonly link: string;
  /** IANA zone of its delivery days. */
  readonly timeZone: string;
  /** Environment variables of its own, by name. */
  readonly settings?: Readonly<Record<string, Setting>>;
  /** Their values for a simulated run if not set: a small selection, so that it loads quickly. */
  readonly whenSimulated?: Readonly<Record<string, string>>;
  /** What is wrong with their combination, though each alone is valid. */
  settingFaults?(settings: Settings): readonly SettingFault[];
}

/** A publisher that is requested over HTTP: one base URL, whose host has one quota. */
export interface Source extends SourceFacts {
  /** The environment variable that overrides the base URL, and the real publisher's own. No trailing slash. */
  readonly baseUrl: { readonly setting: string; readonly default: string };
  readonly quota: Quota;
  /** Set where requests need a key. Its setting must be one of `settings`, with `secret: true`. */
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
  /** How long the host refuses all requests after the quota was exceeded, milliseconds; @default the window */
  readonly banMs?: number;
}

/** A value that holds from a delivery day on, until the next entry's. Entries ascend. */
export type Effective<T> = readonly ({ readonly from: CivilDay } & T)[];

/**
 * What it means when the source leaves out something that it said before.
 * - `keep`: nothing; a point stays as it was, and a finding says that it vanished
 * - `withdraw`: the record no longer exists
 * - `nothing`: a payload only adds
 */
type Silence = 'keep' | 'withdraw' | 'nothing';

/** The facts of every dataset, however its data arrive. */
export interface DatasetFacts {
  /** `<source>.<dataset>`, equal to folder and file, unless the file has a list of them: `jao-core.max-exchanges`. Encoded in ids and tables: decide early. */
  readonly id: string;
  readonly source: SourceFacts | Source;
  readonly title: string;
  readonly description: string;
  /** Unit of the values, as traders write it: `MW`. */
  readonly unit: string;
  readonly owner: string;
  readonly licence: string;
  /** Documentation of this dataset. */
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
  /** Set where `npm start` enables it in a new database, loads it before all others, and shows how to view its data. */
  readonly leading?: boolean;
  /** Raised by one whenever the decoder or the checks interpret the same bytes differently. */
  readonly decoderVersion: number;
  /** What its source sends, for contract tests and for trying it out. @default what follows from the definition, if its decoder can write what it reads */
  readonly example?: Example;
}

/** A day after every date in a definition: what is in force then is in force now. */
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

/** A sentence for each source whose quota contradicts an earlier one of the same host: both could not be kept. */
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

/** The host whose quota its requests count against: that of the real publisher, wherever a setting has moved the base URL. */
export function hostOf({ baseUrl }: Pick<Source, 'baseUrl'>): string {
  return new URL(baseUrl.default).host;
}

export function ascending(entries: Effective<unknown>): boolean {
  return (
    entries.length > 0 &&
    entries.every(({ from }, i) => isCivilDay(from) && (i === 0 || (entries[i - 1]?.from ?? '') < from))
  );
}
