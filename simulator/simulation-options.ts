// The options of a simulated publisher, and how they are read. Every field has a default.
import type { AhcBefore } from './borders.ts';
import { createClock, type SimulatorClock } from './business-day.ts';
import { type Recording, readRecordings as recordingsIn } from './entsoe/recorded.ts';
import { changedSettings, DEFAULTS, type EntsoeSettings } from './entsoe/settings.ts';
import type { FaultInput } from './faults.ts';
import { createGeneratedSource } from './generated-source.ts';
import { instantMs, instantText, integerBetween, numberBetween, oneOf } from './input.ts';
import type { QuotaOptions } from './quota.ts';
import { createRecordedSource } from './recorded-source.ts';
import type { RowSource } from './rows.ts';

/** How a simulator behaves. */
export interface SimulationOptions {
  /** Seed of all generated data, 0 to 4294967295. Default 1. */
  readonly seed?: number;
  /** ISO instant at which the clock starts. Default: the real time. */
  readonly now?: string;
  /** Simulated seconds per real second; 0 stands still. Default 1. */
  readonly clockRate?: number;
  /** How the keys of the virtual hubs appear before business day 2026-06-11. Default absent. */
  readonly ahcBefore?: AhcBefore;
  /** Requests allowed in any window; 0 turns the quota off. Default 100. */
  readonly quotaRequests?: number;
  /** Default 60000. */
  readonly quotaWindowMs?: number;
  /** Whether the quota's 429 carries Retry-After. Default false. */
  readonly retryAfter?: boolean;
  /** Share of days that are republished by themselves, 0 to 1. Default 0.04. */
  readonly revisionShare?: number;
  /** Faults that are active from the start. */
  readonly faults?: readonly (FaultInput | string)[];
  /** Settings of the ENTSO-E part; omitted ones have their defaults. */
  readonly entsoe?: Partial<EntsoeSettings>;
  /** A folder of recorded bodies to serve instead of generated values. */
  readonly recorded?: string;
  /** Real time in UTC milliseconds since 1970. Default Date.now. */
  readonly wallMs?: () => number;
  /** The clock of the quota in milliseconds, which never goes back. Default performance.now. */
  readonly monotonicMs?: () => number;
}

/** The quota, with the form of its answer. */
export interface QuotaSettings extends QuotaOptions {
  readonly retryAfter: boolean;
}

/** How each option that is a single value is read. Each throws an InputError for the field. */
export const OPTION_READERS = {
  seed: integerBetween(0, 0xffff_ffff),
  now: instantText,
  clockRate: numberBetween(0, 100_000),
  ahcBefore: oneOf<AhcBefore>('absent', 'null'),
  quotaRequests: integerBetween(0, 1_000_000),
  quotaWindowMs: integerBetween(1, 86_400_000),
  revisionShare: numberBetween(0, 1),
};

/** The seed. Throws an InputError when it is out of range. */
export function readSeed({ seed = 1 }: SimulationOptions): number {
  return OPTION_READERS.seed('seed', seed);
}

/** A clock with the given settings. Throws an InputError that names the wrong option. */
export function readClock({ wallMs, now, clockRate = 1 }: SimulationOptions): SimulatorClock {
  const clock = createClock(wallMs);
  const rate = OPTION_READERS.clockRate('clockRate', clockRate);
  clock.set({ rate, ...(now !== undefined && { nowMs: instantMs('now', now) }) });
  return clock;
}

/** The quota. Throws an InputError that names the wrong option. */
export function readQuota(options: SimulationOptions): QuotaSettings {
  const { quotaRequests = 100, quotaWindowMs = 60_000, retryAfter = false } = options;
  return {
    requests: OPTION_READERS.quotaRequests('quotaRequests', quotaRequests),
    windowMs: OPTION_READERS.quotaWindowMs('quotaWindowMs', quotaWindowMs),
    retryAfter,
  };
}

/** The source of rows. Throws an InputError that names the wrong option. */
export function readSource(options: SimulationOptions, seed: number): RowSource {
  const { recorded, ahcBefore = 'absent', revisionShare = 0.04 } = options;
  if (recorded !== undefined) return createRecordedSource(recorded);
  return createGeneratedSource({
    seed,
    ahcBefore: OPTION_READERS.ahcBefore('ahcBefore', ahcBefore),
    revisionShare: OPTION_READERS.revisionShare('revisionShare', revisionShare),
  });
}

/** Settings of the ENTSO-E part. Throws an InputError that names the wrong one. */
export function readEntsoe({ entsoe = {} }: SimulationOptions): EntsoeSettings {
  return changedSettings(DEFAULTS, entsoe);
}

/** Recorded answers of the ENTSO-E platform; undefined if none are served. */
export function readRecordings({ recorded }: SimulationOptions): readonly Recording[] | undefined {
  return recorded === undefined ? undefined : recordingsIn(recorded);
}
