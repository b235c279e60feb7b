/** What activities are made with. Nothing here is global: tests and processes pass their own. */
import type { Catalog } from '../datasets/catalog.ts';
import type { Database } from '../db/connection/client.ts';
import type { Settings } from '../domain/dataset/settings.ts';
import type { UnpackLimits } from '../domain/files/unpack-limits.ts';
import type { RetryRules } from '../domain/workflow/failures.ts';
import type { Outside } from '../notify/checks.ts';
import type { SenderSettings } from '../notify/sender.ts';

export interface Dependencies {
  readonly database: Database;
  readonly catalog: Catalog;
  /** The base URL of each source, by source id. */
  readonly baseUrls: ReadonlyMap<string, string>;
  readonly clock: Clock;
  /** Where unpacked texts of files are kept; such files are refused where it is left out. */
  readonly filesFolder?: string;
  /** How large these may be. @default UNPACK_LIMITS */
  readonly unpackLimits?: UnpackLimits;
  /** About how much of a file is written in one transaction. @default RANGE_BYTES */
  readonly rangeBytes?: number;
  /** The settings of each source that has some, by source id. */
  readonly sourceSettings?: ReadonlyMap<string, Settings>;
  /** How often each class of failure is tried again. @default RETRY_RULES */
  readonly retryRules?: RetryRules;
  /** How receivers of notifications are reached. @default public addresses, and no mail */
  readonly receivers?: SenderSettings;
  /** What is asked of Temporal to see what is wrong; left out, it is not looked for. */
  readonly outside?: Outside;
  /** How long a shift of looking for what is to be told takes. @default 50 s */
  readonly shiftMs?: number;
  /** Whether the worker wants to end: activities that go on for long return then. */
  readonly isStopping?: () => boolean;
}

/**
 * The time by which publication is judged and everything is dated: of a worker the database's (db/connection/database-clock.ts), in
 * tests this machine's own, or that of a simulator.
 */
export interface Clock {
  now(): Date;
  /** How many milliseconds of this clock pass in one real millisecond; timers are real. */
  readonly rate: number;
}

export const systemClock: Clock = { now: () => new Date(), rate: 1 };
