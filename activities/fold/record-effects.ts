/** What folding a payload did to the records of its unit. */
import type { DayScope } from '../../db/queries/points/observations.ts';
import type { Finding } from '../../domain/interpret/finding.ts';

export type Unit = Pick<DayScope, 'dataset' | 'day'>;

export interface RecordEffects {
  readonly newPoints: number;
  readonly revisedPoints: number;
  /** Records that ended or were withdrawn. */
  readonly nulledPoints: number;
  /** By how many the records that the unit's payloads leave current have become more. */
  readonly current: number;
  /** Whether it brought anything that was not there, though it may move nothing: a version that came late. */
  readonly brought: boolean;
  /** What was found by comparing with what was there. */
  readonly findings: readonly Finding[];
}

export const NO_EFFECT: RecordEffects = {
  newPoints: 0,
  revisedPoints: 0,
  nulledPoints: 0,
  current: 0,
  brought: false,
  findings: [],
};
