/** How many records a question asks for are there, and how many are quarantined. As many are expected: nobody knows how many there should be. */

import { linesOf, type RecordDataset, unitAt, unitInterval } from '../../../domain/dataset/records.ts';
import type { Interval } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';
import { type LedgerTotals, ledgerTotals } from '../../queries/answers/answer-state.ts';
import type { RowSelection } from '../../queries/answers/relation.ts';
import { countRecords, quarantinedPoints } from '../../queries/days/coverage.ts';
import type { Units } from './units-asked.ts';

type Asked = RowSelection & { readonly dataset: RecordDataset };

/** Undefined where they are those of all units in the ledger. */
export async function countAskedRecords(
  sql: Sql,
  asked: Asked,
  units: Units,
): Promise<Pick<LedgerTotals, 'expectedPoints' | 'presentPoints' | 'quarantinedPoints'> | undefined> {
  const { dataset, from, to, key, areas } = asked;
  if (!from && !to && key === null && !areas) return undefined;
  const [present, quarantined] = await Promise.all([
    countPresent(sql, { ...asked, knowledge: { kind: 'latest' } }),
    quarantinedPoints(sql, dataset.id, { ...units, from, to, names: key === null ? null : [key] }),
  ]);
  return { expectedPoints: present, presentPoints: present, quarantinedPoints: quarantined };
}

/** How many begin in an interval. */
export async function countRecordsBetween(
  sql: Sql,
  dataset: RecordDataset,
  { startMs, endMs }: Interval,
): Promise<number> {
  const all = {
    series: null,
    key: null,
    areas: null,
    personal: false,
    knowledge: { kind: 'latest' },
  } as const;
  return await countPresent(sql, { ...all, dataset, from: new Date(startMs), to: new Date(endMs) });
}

/**
 * Records of lines begin in their unit, and there may be millions: of units that are asked for from beginning to end the ledger knows how
 * many there are.
 */
async function countPresent(sql: Sql, asked: Asked): Promise<number> {
  const { dataset, from, to, key, areas } = asked;
  if (!linesOf(dataset) || key !== null || areas) return await countRecords(sql, asked);
  const begin = from && beginOfNextUnit(dataset, from);
  const end = to && beginOfUnit(dataset, to);
  if (begin && end && begin >= end) return await countRecords(sql, asked);
  const [before, behind, { presentPoints }] = await Promise.all([
    from && begin && from < begin ? countRecords(sql, { ...asked, to: begin }) : 0,
    to && end && end < to ? countRecords(sql, { ...asked, from: end }) : 0,
    ledgerTotals(sql, dataset.id, {
      first: begin && unitAt(dataset, begin.getTime()),
      last: end && unitAt(dataset, end.getTime() - 1),
    }),
  ]);
  return before + behind + presentPoints;
}

/** When the unit of an instant begins. */
function beginOfUnit(dataset: RecordDataset, at: Date): Date {
  return new Date(unitInterval(dataset, unitAt(dataset, at.getTime())).startMs);
}

/** When the next unit begins, or the one that begins at that very instant. */
function beginOfNextUnit(dataset: RecordDataset, at: Date): Date {
  const { startMs, endMs } = unitInterval(dataset, unitAt(dataset, at.getTime()));
  return new Date(startMs === at.getTime() ? startMs : endMs);
}
