/** Fetching a unit of work where one request is not enough: several addresses, a library, an answer that is put together. */
import type { CivilDay } from '../time/civil-day.ts';
import type { Area } from '../time/location.ts';
import type { SourceRequest } from './pull.ts';
import type { Settings } from './settings.ts';

/** A key, as headers or as parts of the query. It is in no message, and in no address that is stored or shown. */
export interface Credentials {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

/** What a fetcher may use; all else it imports itself. */
export interface FetchContext {
  /** Those of the source. */
  readonly settings: Settings;
  /** Areas to ask for: of every location that ever was, and of the datasets whose business days this one has. */
  readonly areas: readonly Area[];
  /** Versions of records that are kept, by key; a key without any is not in it. */
  kept(keys: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>>;
  /** Bodies that the unit had before and that were not refused, the newest first; read one by one. */
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
  /** Where they are from; stored and shown, so without a key. */
  readonly url: string;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** @throws Failure where the source cannot be reached, refuses, or says what cannot be */
export type Fetch = (day: CivilDay, context: FetchContext) => Promise<Fetched>;
