/**
 * A unit of records in the fold. Pending payloads are folded without reading what is folded: a stream has thousands of payloads per unit.
 * Where an answer is complete for its unit, one older than what is folded is ignored.
 */
import type { Sql } from '../../db/connection/client.ts';
import { type Change, type Loss, lossesOfDay } from '../../db/queries/answers/changes.ts';
import { markDecisionsFolded, type StoredDecision } from '../../db/queries/days/decisions.ts';
import { clearFindings, openBlocks } from '../../db/queries/days/findings.ts';
import type { LedgerRow } from '../../db/queries/days/ledger.ts';
import { settleStored } from '../../db/queries/days/quarantine.ts';
import { bodyOf } from '../../db/queries/payloads/payload-body.ts';
import { type FoldEntry, loadPayload } from '../../db/queries/payloads/payloads.ts';
import type { DayScope } from '../../db/queries/points/observations.ts';
import { clearUnit } from '../../db/queries/records/records.ts';
import { type RecordDataset, unitInterval } from '../../domain/dataset/records.ts';
import { stateOf } from '../../domain/days/ledger.ts';
import { isDeclaredAbsent } from '../../domain/interpret/decision.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { momentOf } from '../../domain/time/delivery-day.ts';
import { endAttempts } from '../ingest/mark-late.ts';
import type { ChangeIds } from './change-ids.ts';
import { changeBy, type FoldedRecords, foldRecordPayload, isLate, takenBy } from './fold-record-payload.ts';
import { latest, openSteps, type PlacedStep, type Step } from './fold-steps.ts';
import type { StoredBytes, Unit } from './fold-unit.ts';
import { resetUpserts } from './fold-upsert.ts';
import { OtherUnits } from './other-units.ts';
import type { Moved } from './publish-changes.ts';

export class RecordUnit implements Unit {
  readonly scope: DayScope;
  readonly changes: Change[] = [];
  readonly losses: Change[] = [];
  held = 0;
  readonly #sql: Sql;
  readonly #dataset: RecordDataset;
  readonly #stored: StoredBytes | undefined;
  /** All of the unit. */
  #decisions: readonly StoredDecision[] = [];
  /** What the next payload is compared with. */
  #usable: FoldEntry | undefined;
  #lastResponseAt: Date | null = null;
  #row: LedgerRow | undefined;
  /** Set when it is folded again. */
  #others: OtherUnits | undefined;
  /** What payloads of other units took from this one: it is in the ledger's row unless that starts from nothing. */
  #lost: readonly Loss[] = [];

  constructor(sql: Sql, dataset: RecordDataset, day: CivilDay, stored: StoredBytes | undefined) {
    this.#sql = sql;
    this.#dataset = dataset;
    this.#stored = stored;
    this.scope = { dataset: dataset.id, day, interval: unitInterval(dataset, day) };
  }

  async open(again: boolean): Promise<readonly Step[]> {
    const { steps, decisions, usable, lastResponseAt } = await openSteps(this.#sql, this.scope, again);
    this.#decisions = decisions;
    this.#usable = usable.get('');
    this.#lastResponseAt = lastResponseAt;
    if (again && this.#dataset.silence === 'nothing') {
      this.#others = new OtherUnits(this.scope.day);
      this.#lost = await lossesOfDay(this.#sql, this.scope.dataset, this.scope.day);
    }
    return steps;
  }

  async resetDay(): Promise<void> {
    if (this.#others) await resetUpserts(this.#sql, this.scope, this.#others);
    else await clearUnit(this.#sql, this.scope);
    await clearFindings(this.#sql, this.scope);
  }

  begin(row: LedgerRow): void {
    this.#row = row;
  }

  async fold({ at, changeId, payload, decisions = [] }: PlacedStep, ids: ChangeIds): Promise<void> {
    const row = this.#lose(changeId);
    const earlier = this.#decisions.filter(({ decidedAt }) => decidedAt <= at);
    if (payload) {
      const { folded, change } = await this.#foldPayload({ ...payload, changeId }, earlier, ids);
      this.#row = await this.#assess(advance(row, at, payload.id, folded, change), earlier, true);
      return;
    }
    const waived = decisions.filter(({ verb }) => verb === 'waive').map(({ id }) => id);
    await settleStored(this.#sql, this.scope, waived, 'waive');
    await markDecisionsFolded(
      this.#sql,
      decisions.map(({ id }) => id),
      changeId,
    );
    this.#row = await this.#assess(row, earlier, false);
  }

  others(): ReadonlyMap<CivilDay, Moved> {
    return this.#others?.moved() ?? new Map();
  }

  /** The row after what other units took before a change; the records themselves were counted where they stand. */
  #lose(before: number): LedgerRow {
    const row = this.#row as LedgerRow;
    const lost = this.#lost.filter(({ changeId }) => changeId < before);
    this.#lost = this.#lost.slice(lost.length);
    return {
      ...row,
      revision: row.revision + lost.length,
      lastChangedAt: latest([...(row.lastChangedAt ? [row.lastChangedAt] : []), ...lost.map(({ at }) => at)]),
    };
  }

  async close(): Promise<LedgerRow> {
    this.#row = this.#lose(Number.POSITIVE_INFINITY);
    // The last answer may have been seen again after the moment from which it says that there are no records.
    const row = this.#noneSince()
      ? await this.#assess(this.#row as LedgerRow, this.#decisions, false)
      : (this.#row as LedgerRow);
    if (this.#lastResponseAt && this.#dataset.silence === 'withdraw')
      await endAttempts(this.#sql, this.scope, this.#lastResponseAt);
    return { ...row, lastCheckedAt: this.#lastResponseAt ?? row.lastCheckedAt };
  }

  async #foldPayload(
    payload: FoldEntry & { readonly changeId: number },
    earlier: readonly StoredDecision[],
    ids: ChangeIds,
  ) {
    const placed = { ...payload, body: await this.#bodyOf(payload.id) };
    const folded = await foldRecordPayload(
      this.#sql,
      this.#dataset,
      this.scope,
      placed,
      this.#usable,
      earlier,
      this.#others,
    );
    this.held += folded.held;
    if (folded.kind !== 'refused' && !isLate(this.#dataset, payload, this.#usable))
      this.#usable = { ...payload, ...folded };
    const change = changeBy(this.#dataset, this.scope, placed, folded.effects);
    if (change) this.changes.push(change);
    const idOf = (day: CivilDay) => ids.ofOther(payload.id, day);
    this.losses.push(...(await takenBy(this.scope, placed, folded.effects, idOf)));
    return { folded, change };
  }

  async #bodyOf(id: number): Promise<Buffer> {
    return this.#stored?.id === id
      ? this.#stored.body
      : await bodyOf(this.#sql, await loadPayload(this.#sql, id));
  }

  /** @param counted whether the row counts what is quarantined: then its thousands of findings are not counted again. */
  async #assess(row: LedgerRow, decisions: readonly StoredDecision[], counted: boolean): Promise<LedgerRow> {
    const isCounted = counted && this.#dataset.silence === 'nothing' && row.firstPublishedAt !== null;
    const blocks = isCounted
      ? { points: row.quarantinedPoints, refused: false }
      : await openBlocks(this.#sql, this.scope);
    const answeredAt = this.#answeredAt();
    const knownSince = row.firstPublishedAt ?? row.completedAt ?? answeredAt;
    const state = stateOf({
      expectedPoints: row.expectedPoints,
      presentPoints: row.presentPoints,
      // All published records may have ended since, there may be none, or all of them began on other days: the unit is known all the same.
      publishedPoints: knownSince ? Math.max(1, row.presentPoints) : 0,
      quarantinedPoints: blocks.points,
      answerRefused: blocks.refused,
      deadlinePassed: false,
      // What there is is what is expected.
      isInProgress: false,
      declaredAbsent: isDeclaredAbsent(decisions),
    });
    const completedAt =
      state === 'complete' ? (row.completedAt ?? row.lastChangedAt ?? answeredAt ?? null) : null;
    return { ...row, quarantinedPoints: blocks.points, state, completedAt };
  }

  /** When the last usable answer came, even if nothing in it was new; undefined without one, or while an empty one says nothing. */
  #answeredAt(): Date | undefined {
    if (!this.#dataset.pull || !this.#usable) return undefined;
    return this.#usable.kind === 'empty' ? this.#noneSince() : this.#usable.fetchedAt;
  }

  /** Since when the last answer says that there are no records; undefined if it does not. */
  #noneSince(): Date | undefined {
    const { publishedBy } = this.#dataset.pull ?? {};
    if (!publishedBy || this.#usable?.kind !== 'empty') return undefined;
    const since = new Date(momentOf(this.#dataset, this.scope.day, publishedBy));
    return this.#usable.lastSeenAt >= since ? since : undefined;
  }
}

/** The ledger row after one more payload, except its state. */
function advance(
  row: LedgerRow,
  at: Date,
  payloadId: number,
  { kind, effects, held }: FoldedRecords,
  change: Change | undefined,
): LedgerRow {
  const current = row.presentPoints + effects.current;
  return {
    ...row,
    expectedPoints: current,
    presentPoints: current,
    quarantinedPoints: row.quarantinedPoints + held,
    revision: row.revision + (change?.kind === 'revised' ? 1 : 0),
    firstPublishedAt: row.firstPublishedAt ?? (effects.brought ? at : null),
    // Another unit's payload, which may have come later, may have taken records.
    lastChangedAt: change ? latest([at, row.lastChangedAt ?? at]) : row.lastChangedAt,
    payloadId: kind === 'refused' ? row.payloadId : payloadId,
  };
}
