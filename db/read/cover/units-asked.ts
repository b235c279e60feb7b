/** The units of work that a question touches: days, or years named by their first day. */
import { type Dataset, isOfRecords } from '../../../domain/dataset/dataset.ts';
import { unitAt } from '../../../domain/dataset/records.ts';
import { type CivilDay, daysFrom } from '../../../domain/time/civil-day.ts';
import type { Question } from '../question.ts';

/** Both included; null: no bound, which only records may leave out. */
export interface Units {
  readonly first: CivilDay | null;
  readonly last: CivilDay | null;
}

export function unitsAsked({
  dataset,
  from,
  to,
  days,
}: Pick<Question, 'dataset' | 'from' | 'to' | 'days'>): Units {
  if (days) return days;
  return {
    first: from && unitAt(dataset, from.getTime()),
    last: to && unitAt(dataset, to.getTime() - 1),
  };
}

/** How many units there are, and how many of them the dataset may have; undefined without both bounds. */
export function countUnits(
  dataset: Dataset,
  { first, last }: Units,
): { readonly all: number; readonly possible: number } | undefined {
  if (first === null || last === null) return undefined;
  const count = (from: CivilDay) => {
    if (from > last) return 0;
    if (isOfRecords(dataset) && dataset.period === 'year')
      return Number(last.slice(0, 4)) - Number(from.slice(0, 4)) + 1;
    return daysFrom(from, last) + 1;
  };
  return { all: count(first), possible: count(first > dataset.firstDay ? first : dataset.firstDay) };
}
