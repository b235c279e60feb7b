/** Coverage as readers find it in SQL: by the days that a question touches. */
import type { Sql } from '../../connection/client.ts';
import { readCatalogCoverage } from '../../queries/days/coverage.ts';
import type { Question } from '../question.ts';
import { coverAreas } from './cover-areas.ts';
import type { AskedCoverage } from './coverage-line.ts';
import { unitsAsked } from './units-asked.ts';

/** Undefined for a gate, whose answers say it by the day. */
export async function catalogCoverage(sql: Sql, question: Question): Promise<AskedCoverage | undefined> {
  const { dataset, knowledge } = question;
  if (knowledge.kind === 'gates') return undefined;
  const at = knowledge.kind === 'as-of' ? knowledge.at : null;
  const units = unitsAsked(question);
  const found = await readCatalogCoverage(sql, dataset.id, units, at);
  if (!found) return undefined;
  const covered = knowledge.kind === 'as-of' ? { days: found.days, loaded: found.loaded } : found;
  return await coverAreas(sql, question, { units, at, covered });
}
