/** A unit of points in the fold: every step of its day is known, so that one that comes late is told from the next one. */
import type { Sql } from '../../db/connection/client.ts';
import type { Change } from '../../db/queries/answers/changes.ts';
import { supersedeAttempts } from '../../db/queries/days/findings.ts';
import type { LedgerRow } from '../../db/queries/days/ledger.ts';
import type { DayScope } from '../../db/queries/points/observations.ts';
import { isPulledPoints } from '../../domain/dataset/dataset.ts';
import type { PointDataset } from '../../domain/dataset/points.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { deliveryInterval } from '../../domain/time/delivery-day.ts';
import { markLate } from '../ingest/mark-late.ts';
import type { ChangeIds } from './change-ids.ts';
import { foldLate, isLate } from './fold-late.ts';
import { assess, type DaySoFar, decisionsIn, foldNext, presenceOf, takeBack } from './fold-next.ts';
import {
  inOrderOfKnowledge,
  isFolded,
  lastHeard,
  type PlacedStep,
  type Step,
  stepsOf,
} from './fold-steps.ts';
import type { Unit } from './fold-unit.ts';

export class PointUnit implements Unit {
  readonly scope: DayScope;
  /** Points that are quarantined stand in the ledger. */
  readonly held = 0;
  readonly #sql: Sql;
  readonly #dataset: PointDataset;
  /** Of the day, oldest first. */
  #steps: readonly Step[] = [];
  #todo: readonly Step[] = [];
  #fresh: LedgerRow | undefined;
  #soFar: DaySoFar | undefined;
  #again = false;

  constructor(sql: Sql, dataset: PointDataset, day: CivilDay) {
    this.#sql = sql;
    this.#dataset = dataset;
    this.scope = { dataset: dataset.id, day, interval: deliveryInterval(dataset, day) };
  }

  get changes(): readonly Change[] {
    return this.#soFar?.changes ?? [];
  }

  async open(again: boolean): Promise<readonly Step[]> {
    this.#again = again;
    this.#steps = await stepsOf(this.#sql, this.scope);
    this.#todo = again ? inOrderOfKnowledge(this.#steps) : this.#steps.filter((step) => !isFolded(step));
    return this.#todo;
  }

  async takeBack(): Promise<void> {
    await takeBack(this.#sql, this.scope);
  }

  begin(row: LedgerRow, fresh: LedgerRow): void {
    this.#fresh = fresh;
    this.#soFar = { row, past: this.#again ? [] : this.#steps.filter(isFolded), changes: [] };
  }

  async fold(step: PlacedStep, ids: ChangeIds): Promise<void> {
    const soFar = this.#soFar as DaySoFar;
    const changeIdOf = (payloadId: number) => ids.of(step, payloadId);
    const late = { fresh: this.#fresh as LedgerRow, changeIdOf };
    this.#soFar = isLate(step, soFar.past)
      ? await foldLate(this.#sql, this.#dataset, this.scope, step, soFar, late)
      : await foldNext(this.#sql, this.#dataset, this.scope, step, soFar, changeIdOf);
  }

  async close(): Promise<LedgerRow> {
    const row = await this.#standing();
    const heardAt = lastHeard(this.#steps);
    if (heardAt) await supersedeAttempts(this.#sql, this.scope, heardAt);
    const last = this.#steps.at(-1);
    if (last && isPulledPoints(this.#dataset))
      await markLate(this.#sql, this.#dataset, this.scope, row.state, last.trueAt);
    return { ...row, lastCheckedAt: heardAt ?? row.lastCheckedAt };
  }

  async #standing(): Promise<LedgerRow> {
    const { row, past } = this.#soFar as DaySoFar;
    const last = this.#steps.at(-1);
    // Nothing new to fold: no point has moved, but the source was asked again, perhaps after the deadline.
    if (!last || this.#todo.at(-1) === last) return row;
    const present = await presenceOf(this.#sql, this.#dataset, this.scope);
    return await assess(this.#sql, this.#dataset, this.scope, row, last.trueAt, decisionsIn(past), present);
  }
}
