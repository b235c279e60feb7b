/** Reads the answers of holiday sources: the list of the library, and the JSON of an HTTP service. */

import type { Json } from '../../domain/dataset/records.ts';
import { AnswerRefused } from '../../domain/interpret/finding.ts';
import { addDays, isCivilDay } from '../../domain/time/civil-day.ts';
import type { Entry } from './identity.ts';

type Fields = { readonly [name: string]: Json };

/** From a source's answer to the holidays of an area that it knows. @throws AnswerRefused when it cannot be read. */
export type ReadSource = (answer: Json | undefined, area: string) => Entry[];

/**
 * - `library`: `{ date, days, name, localName, type, rule, substitute }`, requested for each area by itself
 * - `http`: `{ date, localName, name, counties, types }`, a country at once; `counties` are the subdivisions that have it,
 *   null for all of them
 */
export const READERS = {
  library: (answer) =>
    listOf(answer).flatMap((fields) => {
      const first = entryOf(fields, text(fields.rule), fields.substitute === true);
      const days = typeof fields.days === 'number' ? Math.min(fields.days, MOST_DAYS) : 1;
      return Array.from({ length: Math.max(1, days) }, (_, i) => laterDay(first, i));
    }),
  http: (answer, area) =>
    listOf(parsed(answer))
      .filter((fields) => isOfArea(fields, area))
      .map((fields) => entryOf(fields, null, null)),
} as const satisfies Record<string, ReadSource>;

/** No holiday lasts longer. */
const MOST_DAYS = 31;

/** A holiday of several days becomes one for each day. */
function laterDay(first: Entry, later: number): Entry {
  if (later === 0) return first;
  return { ...first, date: addDays(first.date, later), rule: `${first.rule} day ${later + 1}` };
}

/** The subdivisions that an HTTP service distinguishes in a country. */
export function subdivisionsOf(answer: Json): string[] {
  return [...new Set(listOf(parsed(answer)).flatMap((fields) => countiesOf(fields) ?? []))].toSorted();
}

function isOfArea(fields: Fields, area: string): boolean {
  const counties = countiesOf(fields);
  return counties === null || counties.includes(area);
}

function countiesOf({ counties }: Fields): string[] | null {
  return Array.isArray(counties) && counties.length > 0 ? counties.map(String) : null;
}

function entryOf(fields: Fields, rule: string | null, substitute: boolean | null): Entry {
  const date = text(fields.date)?.slice(0, 10);
  const name = text(fields.name);
  if (!isCivilDay(date) || !name) throw refused('a holiday has no date or no name', fields);
  const type = text(fields.type) ?? (Array.isArray(fields.types) ? text(fields.types[0] ?? null) : null);
  const localName = text(fields.localName);
  return { rule, date, name, localName, type: type?.toLowerCase() ?? 'public', substitute };
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

function parsed(answer: Json | undefined): Json {
  if (typeof answer !== 'string') throw refused('the source said nothing', answer ?? null);
  try {
    return JSON.parse(answer);
  } catch {
    throw new AnswerRefused('not_json', 'the source answered something else than JSON', answer.slice(0, 500));
  }
}

function listOf(answer: Json | undefined): Fields[] {
  const isList = Array.isArray(answer) && answer.every((each) => typeof each === 'object' && each !== null);
  if (isList) return answer as Fields[];
  throw refused('the source answered no list of holidays', answer ?? null);
}

function refused(reason: string, raw: unknown): AnswerRefused {
  return new AnswerRefused('shape', reason, JSON.stringify(raw).slice(0, 500));
}
