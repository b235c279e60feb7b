/** What activities need. Nothing here is global: tests and processes pass their own. */
import type { Catalog } from '../datasets/catalog.ts';
import type { Database } from '../db/connection/client.ts';
import type { Settings } from '../domain/dataset/settings.ts';
import type { UnpackLimits } from '../domain/files/unpack-limits.ts';
import type { RetryRules } from '../domain/workflow/failures.ts';
import type { Outside } from '../notify/incidents.ts';
import type { SenderSettings } from '../notify/sender.ts';

export interface Dependencies {
  readonly database: Database;
  readonly catalog: Catalog;
  /** The base URL of each source, by source id. */
  readonly baseUrls: ReadonlyMap<string, string>;
  readonly clock: Clock;
  /** Where unpacked texts of files are kept; without it, such files are refused. */
  readonly filesFolder?: string;
  /** Size limits for unpacked texts. @default UNPACK_LIMITS */
  readonly unpackLimits?: UnpackLimits;
  /** About how much of a file is written in one transaction. @default RANGE_BYTES */
  readonly rangeBytes?: number;
  /** The settings of each source that has some, by source id. */
  readonly sourceSettings?: ReadonlyMap<string, Settings>;
  /** How often each class of failure is tried again. @default RETRY_RULES */
  readonly retryRules?: RetryRules;
  /** How receivers of notifications are reached. @default public addresses, and no mail */
  readonly receivers?: SenderSettings;
  /** What is read from Temporal to detect problems; without it, those are not checked. */
  readonly outside?: Outside;
  /** Whether the worker is shutting down: long-running activities then return. */
  readonly isStopping?: () => boolean;
}

/**
 * The time by which publication is judged and everything is dated: a worker uses the database's clock (db/connection/database-clock.ts),
 * tests use this machine's or a simulator's.
 */
export interface Clock {
  now(): Date;
  /** How many milliseconds of this clock pass in one real millisecond; timers are real. */
  readonly rate: number;
}

export const systemClock: Clock = { now: () => new Date(), rate: 1 };
