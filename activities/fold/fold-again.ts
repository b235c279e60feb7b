/** Folds a unit again together with the units whose records change with it, in the caller's transaction and behind its lock. */
import type { Sql } from '../../db/connection/client.ts';
import type { Dataset } from '../../domain/dataset/dataset.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { type FoldResult, foldUnit } from './fold-unit.ts';

/**
 * What a payload did to a record depends on earlier payloads, of any unit; and of two bodies with one version the first one was kept: if that
 * one is gone, the other counts. Which one came first is known only with all of them in place, so that the others are folded twice.
 * @param also units that share records with it.
 * @returns what it did to the unit, with the others that are otherwise now.
 */
export async function foldAgain(
  sql: Sql,
  dataset: Dataset,
  day: CivilDay,
  also: readonly CivilDay[] = [],
): Promise<FoldResult> {
  const folded = await foldUnit(sql, dataset, day, { again: true });
  const others = [...new Set([...also, ...folded.others.keys()])].toSorted();
  let last = folded;
  if (others.length === 0) return folded;
  for (const unit of [...others, day, ...others]) {
    const done = await foldUnit(sql, dataset, unit, { again: true });
    if (unit === day) last = done;
  }
  return { ...last, others: folded.others };
}
