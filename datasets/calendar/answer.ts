/**
 * A payload of the calendar: for a year, the source's answers word for word, which of them applies to which area, and the ids of the
 * holidays (identity.ts). JSON with its fields in a fixed order: the same answer is the same bytes.
 */

import type { FetchContext } from '../../domain/dataset/fetcher.ts';
import type { Json } from '../../domain/dataset/records.ts';
import { AnswerRefused } from '../../domain/interpret/finding.ts';
import type { Area } from '../../domain/time/location.ts';
import { contentOf, type Entry, type Identified, identify } from './identity.ts';
import { READERS } from './readers.ts';

export interface HolidayAnswer {
  readonly form: typeof FORM;
  readonly year: number;
  readonly source: SourceName;
  /** Its answers, by the code that was requested: the text of an HTTP service, the corrected list of the library. */
  readonly said: { readonly [code: string]: Json };
  readonly areas: readonly AnsweredArea[];
  /** Codes of requested areas whose country it does not know. */
  readonly unknown: readonly string[];
  /** Its answers that were rejected: what it said before stands for them. Absent if there are none. */
  readonly refused?: readonly RefusedAnswer[];
}

export interface RefusedAnswer {
  readonly rule: string;
  readonly reason: string;
  /** Areas that it was for. */
  readonly areas: readonly string[];
  /** As in `said`; null where there was no answer. */
  readonly answer: Json;
}

/** Which source, and its version if it has one. */
interface SourceName {
  readonly kind: keyof typeof READERS;
  readonly name: string;
  readonly version: string | null;
}

export interface AnsweredArea {
  /** `NL-FL`. */
  readonly area: string;
  /** Which entry of `said` applies to it, and for which area: another one where the source does not know this one. */
  readonly from: string;
  readonly answeredFor: string;
  /** Ids of its holidays, in the order of the source. */
  readonly ids: readonly string[];
}

const FORM = 'tidemark.holidays/1';

/** The source's answers for a year, before the holidays have ids. */
export interface SourceAnswers {
  readonly source: SourceName;
  readonly said: HolidayAnswer['said'];
  readonly areas: readonly Omit<AnsweredArea, 'ids'>[];
  readonly unknown: readonly string[];
  readonly refused?: readonly RefusedAnswer[];
}

/**
 * Bytes of an answer.
 * @param before the previous answer, if any; its holidays keep their ids.
 */
export function writeAnswer(year: number, answered: SourceAnswers, before?: HolidayAnswer): string {
  const words = { year, source: answered.source, said: answered.said };
  const areas = answered.areas
    .toSorted((a, b) => (a.area < b.area ? -1 : 1))
    .map(({ area, from, answeredFor }) => {
      const about = { area, from, answeredFor };
      return { ...about, ids: idsOf(words, about, before) };
    });
  const unknown = answered.unknown.toSorted();
  const answers = sorted(answered.said);
  const answer: HolidayAnswer = { form: FORM, year, source: answered.source, said: answers, areas, unknown };
  const { refused = [] } = answered;
  return JSON.stringify(refused.length > 0 ? { ...answer, refused } : answer);
}

type Words = Pick<HolidayAnswer, 'year' | 'source' | 'said'>;

function idsOf(words: Words, area: Omit<AnsweredArea, 'ids'>, before: HolidayAnswer | undefined): string[] {
  const known = before ? holidaysOf(before, area.area) : [];
  try {
    return identify(holidaysIn(words, area), known);
  } catch (error) {
    // An unreadable answer is kept as it is, and refused when it is decoded.
    if (error instanceof AnswerRefused) return [];
    throw error;
  }
}

/** The holidays of an area in an answer; none when it does not cover the area. */
export function holidaysOf(answer: HolidayAnswer, code: string): Identified[] {
  const area = answer.areas.find((each) => each.area === code);
  if (!area) return [];
  return holidaysIn(answer, area).map((entry, i) => ({ ...entry, id: area.ids[i] ?? '' }));
}

/**
 * Ids are stored by position: a change to this function must not alter order or number for old answers.
 * @throws AnswerRefused when the source's answer cannot be read, or an area has no holiday at all.
 */
export function holidaysIn(
  { year, source, said: answers }: Words,
  { area, from, answeredFor }: Omit<AnsweredArea, 'ids'>,
): Entry[] {
  const read = READERS[source.kind](answers[from], answeredFor);
  // A holiday may last into the next year, which lists it too; a service may answer for another year than requested.
  const ofYear = read.filter(({ date }) => date.startsWith(`${String(year).padStart(4, '0')}-`));
  // Exact repetitions are dropped: nothing could tell them apart next time.
  const entries = [...new Map(ofYear.map((entry) => [contentOf(entry), entry])).values()];
  if (entries.length > 0) return entries;
  // Every country has holidays in a year. Absent ones count as withdrawn, which must not happen because a source lost its data.
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

// A source of holidays: a bundled library or a service, chosen by a setting.

/**
 * The holidays of areas in a year. For an area that it does not know, it gives those of the area around it; one whose country it does not
 * know is `unknown`.
 * @throws Failure as `FetchContext.request` does
 */
export type HolidaySource = (
  year: number,
  areas: readonly Area[],
  context: Pick<FetchContext, 'request' | 'settings'>,
) => Promise<SourcedHolidays>;

export interface SourcedHolidays extends SourceAnswers {
  /** The address requested; stored and shown, so without a key. */
  readonly url: string;
}
