/** What folding a payload did to the records of its unit. */
import type { DayScope } from '../../db/queries/points/observations.ts';
import type { Finding } from '../../domain/interpret/finding.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';

export type Unit = Pick<DayScope, 'dataset' | 'day'>;

export interface RecordEffects {
  readonly newPoints: number;
  readonly revisedPoints: number;
  /** Records that ended or were withdrawn. */
  readonly nulledPoints: number;
  /** The change in the number of the unit's current records. */
  readonly current: number;
  /** How many records other units lost by it: they moved here, or ended here. */
  readonly taken: ReadonlyMap<CivilDay, number>;
  /** Whether it added anything, even if it changes no record: a version that came late. */
  readonly brought: boolean;
  /** Found by comparing with what was there. */
  readonly findings: readonly Finding[];
}

export const NO_EFFECT: RecordEffects = {
  newPoints: 0,
  revisedPoints: 0,
  nulledPoints: 0,
  current: 0,
  taken: new Map(),
  brought: false,
  findings: [],
};
