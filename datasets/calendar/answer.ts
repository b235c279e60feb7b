/**
 * What a payload of the calendar is: for a year, what the source said, word for word, with which of it answers for which
 * area, and the ids of the holidays (identity.ts). JSON with its fields in a fixed order: the same answer is the same bytes.
 */

import type { Json } from '../../domain/dataset/records.ts';
import { AnswerRefused } from '../../domain/interpret/finding.ts';
import { contentOf, type Entry, type Identified, identify } from './identity.ts';
import { READERS } from './said.ts';

export interface HolidayAnswer {
  readonly form: typeof FORM;
  readonly year: number;
  readonly source: SaidBy;
  /** What it said, by the code of what it was asked for: the text of an HTTP service, the list of the library. */
  readonly said: { readonly [code: string]: Json };
  readonly areas: readonly AnsweredArea[];
  /** Codes of areas that it was asked for and whose country it does not know. */
  readonly unknown: readonly string[];
}

/** Which source, in which version where it has one. */
export interface SaidBy {
  readonly kind: keyof typeof READERS;
  readonly name: string;
  readonly version: string | null;
}

export interface AnsweredArea {
  /** `NL-FL`. */
  readonly area: string;
  /** What of `said` answers for it, and for which area: another one where the source does not know this one. */
  readonly from: string;
  readonly answeredFor: string;
  /** Ids of its holidays, in the order of the source. */
  readonly ids: readonly string[];
}

const FORM = 'tidemark.holidays/1';

/** A source's words for a year, before the holidays have ids. */
export interface Said {
  readonly source: SaidBy;
  readonly said: HolidayAnswer['said'];
  readonly areas: readonly Omit<AnsweredArea, 'ids'>[];
  readonly unknown: readonly string[];
}

/**
 * Bytes of an answer.
 * @param before the answer before, where there was one; its holidays keep their ids.
 */
export function writeAnswer(year: number, answered: Said, before?: HolidayAnswer): string {
  const words = { year, source: answered.source, said: answered.said };
  const areas = answered.areas
    .toSorted((a, b) => (a.area < b.area ? -1 : 1))
    .map(({ area, from, answeredFor }) => {
      const about = { area, from, answeredFor };
      return { ...about, ids: idsOf(words, about, before) };
    });
  const unknown = answered.unknown.toSorted();
  const said = sorted(answered.said);
  const answer: HolidayAnswer = { form: FORM, year, source: answered.source, said, areas, unknown };
  return JSON.stringify(answer);
}

type Words = Pick<HolidayAnswer, 'year' | 'source' | 'said'>;

function idsOf(words: Words, area: Omit<AnsweredArea, 'ids'>, before: HolidayAnswer | undefined): string[] {
  const known = before ? holidaysOf(before, area.area) : [];
  try {
    return identify(entriesOf(words, area), known);
  } catch (error) {
    // Words that cannot be read are kept as they are, and refused when they are decoded.
    if (error instanceof AnswerRefused) return [];
    throw error;
  }
}

/** The holidays of an area, as an answer says them; none when it does not answer for it. */
export function holidaysOf(answer: HolidayAnswer, code: string): Identified[] {
  const area = answer.areas.find((each) => each.area === code);
  if (!area) return [];
  return entriesOf(answer, area).map((entry, i) => ({ ...entry, id: area.ids[i] ?? '' }));
}

/**
 * Ids are kept by place: whoever changes what comes out here for words of before must keep its order and number.
 * @throws AnswerRefused when the source's words cannot be read, or an area has no holiday at all.
 */
function entriesOf(
  { year, source, said }: Words,
  { area, from, answeredFor }: Omit<AnsweredArea, 'ids'>,
): Entry[] {
  const read = READERS[source.kind](said[from], answeredFor);
  // A holiday may go on into the next year, which has it too; a service may answer for another year than it was asked for.
  const ofYear = read.filter(({ date }) => date.startsWith(`${String(year).padStart(4, '0')}-`));
  // Twice the same is once: nothing could tell them apart next time.
  const entries = [...new Map(ofYear.map((entry) => [contentOf(entry), entry])).values()];
  if (entries.length > 0) return entries;
  // No country is without a holiday for a year. What is absent was withdrawn: a source that lost its data must not do that.
  throw new AnswerRefused(
    'no_holidays',
    `the source has no holiday of ${answeredFor} in ${year} for ${area}`,
  );
}

/** @throws AnswerRefused when the bytes are not such an answer. */
export function readAnswer(body: Uint8Array): HolidayAnswer {
  let answer: HolidayAnswer;
  try {
    answer = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new AnswerRefused('not_json', 'the answer is not JSON in UTF-8');
  }
  if (answer?.form === FORM && Object.hasOwn(READERS, answer.source?.kind)) return answer;
  throw new AnswerRefused('shape', `the answer is not of the form ${FORM}`);
}

function sorted<T>(record: { readonly [name: string]: T }): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
