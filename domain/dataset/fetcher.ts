/** Fetches a unit of work that takes more than one request: several addresses, a library, a composed answer. */
import type { CivilDay } from '../time/civil-day.ts';
import type { Area } from '../time/location.ts';
import type { SourceRequest } from './pull.ts';
import type { Settings } from './settings.ts';

/** A key, as headers or as parts of the query. It never appears in messages or in stored or shown addresses. */
export interface Credentials {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

/** What a fetcher may use; it imports everything else itself. */
export interface FetchContext {
  /** Those of the source. */
  readonly settings: Settings;
  /** Areas to request: those of every location that ever existed, and of the datasets whose business days this one has. */
  readonly areas: readonly Area[];
  /** Stored versions of records, by key; keys without any are left out. */
  kept(keys: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>>;
  /** Earlier bodies of the unit that were not refused, newest first; read one by one. */
  readonly before: AsyncIterable<Uint8Array>;
  /**
   * One HTTP request.
   * @param baseUrl without trailing slash
   * @throws Failure that says what went wrong; its `status` is that of the response
   */
  request(baseUrl: string, request: SourceRequest, credentials?: Credentials): Promise<Uint8Array>;
  /**
   * One request to the source of the dataset, which then has a base URL: within the quota of its host, and with its key.
   * @throws Failure as `request` does
   */
  ask(request: SourceRequest): Promise<Fetched & { readonly status: number }>;
}

/** The bytes of a unit of work, to be stored and decoded. */
export interface Fetched {
  /** Its origin; stored and shown, so without a key. */
  readonly url: string;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** @throws Failure where the source cannot be reached, refuses, or sends an impossible answer */
export type Fetch = (day: CivilDay, context: FetchContext) => Promise<Fetched>;
