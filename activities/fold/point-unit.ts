/** A unit of points in the fold. Pending steps are folded without reading what is folded; a late step needs the whole day. */
import type { Sql } from '../../db/connection/client.ts';
import type { Change } from '../../db/queries/answers/changes.ts';
import type { LedgerRow } from '../../db/queries/days/ledger.ts';
import type { DayScope } from '../../db/queries/points/observations.ts';
import { isPulledPoints } from '../../domain/dataset/dataset.ts';
import type { PointDataset } from '../../domain/dataset/points.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { deliveryInterval } from '../../domain/time/delivery-day.ts';
import { endAttempts, markLate } from '../ingest/mark-late.ts';
import type { ChangeIds } from './change-ids.ts';
import { foldLate, isLate } from './fold-late.ts';
import { assess, type DaySoFar, foldNext, recounted, resetDay } from './fold-next.ts';
import { foldedSteps, latest, type OpenSteps, openSteps, type PlacedStep, type Step } from './fold-steps.ts';
import type { Unit } from './fold-unit.ts';
import type { Moved } from './publish-changes.ts';

export class PointUnit implements Unit {
  readonly scope: DayScope;
  /** A point belongs to its day. */
  readonly losses: readonly Change[] = [];
  held = 0;
  readonly #sql: Sql;
  readonly #dataset: PointDataset;
  #open: OpenSteps | undefined;
  #fresh: LedgerRow | undefined;
  #soFar: DaySoFar | undefined;
  #again = false;
  /** What has been folded again so far. */
  readonly #refolded: PlacedStep[] = [];

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
    this.#open = await openSteps(this.#sql, this.scope, again, this.#dataset.pull?.parts !== undefined);
    return this.#open.steps;
  }

  async resetDay(): Promise<void> {
    await resetDay(this.#sql, this.scope);
  }

  begin(row: LedgerRow, fresh: LedgerRow): void {
    const { decisions, usable, foldedAt } = this.#open as OpenSteps;
    const folded = this.#again ? [] : decisions.filter(({ changeId }) => changeId !== null);
    this.#fresh = fresh;
    this.#soFar = { row, decisions: folded, usable, foldedAt, changes: [] };
  }

  async fold(step: PlacedStep, ids: ChangeIds): Promise<void> {
    const soFar = this.#soFar as DaySoFar;
    const changeIdOf = (payloadId: number) => ids.of(step, payloadId);
    if (isLate(step, soFar)) {
      const late = { past: await this.#past(), fresh: this.#fresh as LedgerRow, changeIdOf };
      this.#soFar = await foldLate(this.#sql, this.#dataset, this.scope, step, soFar, late);
    } else this.#soFar = await foldNext(this.#sql, this.#dataset, this.scope, step, soFar, changeIdOf);
    this.held += Math.max(0, this.#soFar.row.quarantinedPoints - soFar.row.quarantinedPoints);
    if (this.#again) this.#refolded.push(step);
  }

  async close(): Promise<LedgerRow> {
    const { lastResponseAt } = this.#open as OpenSteps;
    const { foldedAt } = this.#soFar as DaySoFar;
    const trueAt = latest([...(foldedAt ? [foldedAt] : []), ...(lastResponseAt ? [lastResponseAt] : [])]);
    const row = trueAt ? await this.#completeness(trueAt) : (this.#soFar as DaySoFar).row;
    if (lastResponseAt) await endAttempts(this.#sql, this.scope, lastResponseAt);
    if (trueAt && isPulledPoints(this.#dataset))
      await markLate(this.#sql, this.#dataset, this.scope, row.state, trueAt);
    return { ...row, lastCheckedAt: lastResponseAt ?? row.lastCheckedAt };
  }

  others(): ReadonlyMap<CivilDay, Moved> {
    return new Map();
  }

  async #past(): Promise<readonly PlacedStep[]> {
    return this.#again ? this.#refolded : await foldedSteps(this.#sql, this.scope);
  }

  async #completeness(trueAt: Date): Promise<LedgerRow> {
    const { row, decisions, foldedAt, usable } = this.#soFar as DaySoFar;
    const last = (this.#open as OpenSteps).steps.at(-1);
    // The last step of the day was folded last: it was judged by the latest instant.
    if (last && foldedAt && last.at >= foldedAt) return row;
    // No point has moved, but the source was requested again, perhaps after the deadline.
    const completeness = await recounted(this.#sql, this.#dataset, this.scope, usable);
    return await assess(this.#sql, this.#dataset, this.scope, row, trueAt, decisions, completeness);
  }
}
