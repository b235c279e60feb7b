/** Which change brings what a step moves. A day that is folded again keeps the changes of its values. */
import type { Sql } from '../../db/connection/client.ts';
import { type Change, changesByDay, nextChangeIds } from '../../db/queries/answers/changes.ts';
import type { DayScope, FoldedPoints } from '../../db/queries/points/observations.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { isFolded, type PlacedStep, type Step } from './fold-steps.ts';

export interface ChangeIds {
  /** The step with its position in the order in which things became known. */
  placed(step: Step): Promise<PlacedStep>;
  /** The change by which a step brings what a payload says: a decision, or a payload that comes late, may move points of several. */
  of(step: PlacedStep, payloadId: number): Promise<number>;
  /** The change of another unit, from which a payload of this one took something. */
  ofOther(payloadId: number, day: CivilDay): Promise<number>;
  /** Positions of the steps that were known before. */
  readonly foldedIds: ReadonlySet<number>;
  /** Changes by the day's payloads and decisions that were there before, to other days too. */
  readonly existing: readonly Change[];
}

/** @param again whether the day is folded from its beginning. */
export async function changeIds(
  sql: Sql,
  { dataset, day }: Pick<DayScope, 'dataset' | 'day'>,
  steps: readonly Step[],
  again: boolean,
): Promise<ChangeIds> {
  const existing = again ? await changesByDay(sql, dataset, day) : [];
  const foldedIds = new Set(steps.filter(isFolded).map(({ changeId }) => changeId));
  const places = [...foldedIds].sort((a, b) => a - b);
  const own = existing.filter((change) => change.day === day);
  const taken = new Map(own.map(({ id, payloadId }) => [id, payloadId]));
  const next = async () => (await nextChangeIds(sql, 1))[0] as number;
  return {
    ...{ foldedIds, existing },
    placed: async (step) => ({ ...step, changeId: step.changeId ?? (await next()) }),
    async of({ changeId: place }, payloadId) {
      const end = places.find((id) => id > place) ?? Number.POSITIVE_INFINITY;
      const same = [...taken].find(([id, of]) => id >= place && id < end && of === payloadId);
      // A step known before keeps its position: what came after it has higher ones.
      const id = same?.[0] ?? (taken.has(place) && !foldedIds.has(place) ? await next() : place);
      if (!taken.has(id)) taken.set(id, payloadId);
      return id;
    },
    async ofOther(payloadId, other) {
      const same = existing.find((change) => change.day === other && change.payloadId === payloadId);
      return same?.id ?? (await next());
    },
  };
}

// Turns written points into an entry of the change feed.

/** The change, or undefined when nothing was written. @param id that the values refer to. */
export function changeOf(
  { dataset, day }: Pick<DayScope, 'dataset' | 'day'>,
  id: number,
  payloadId: number,
  moved: Pick<FoldedPoints, 'newPoints' | 'revisedPoints' | 'nulledPoints' | 'largestDifference'>,
): Change | undefined {
  const { newPoints, revisedPoints, nulledPoints, largestDifference } = moved;
  const replaced = revisedPoints + nulledPoints;
  if (newPoints + replaced === 0) return undefined;
  const kind = replaced > 0 ? 'revised' : 'published';
  return { id, dataset, day, payloadId, kind, newPoints, revisedPoints, nulledPoints, largestDifference };
}
