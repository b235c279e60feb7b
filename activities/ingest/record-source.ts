/** Where the records of a dataset are asked for: what stands for a base URL and a request of polled datasets. */
import type { Sql } from '../../db/connection/client.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import type { SourceAnswer } from './source-client.ts';

export interface RecordSource {
  /** When that which it has to be asked for last changed; null for never. */
  changedAt(sql: Sql): Promise<Date | null>;
  /**
   * An answer that says all there is of a period.
   * @throws Failure those of `askSource`
   */
  ask(sql: Sql, period: CivilDay, cancelled: AbortSignal): Promise<SourceAnswer>;
}

/** By dataset. */
export type RecordSources = ReadonlyMap<string, RecordSource>;
