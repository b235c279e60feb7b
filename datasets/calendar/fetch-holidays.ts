/**
 * Fetches a year of holidays for every area that a location ever had, and for those whose business days a dataset is judged by. Removed
 * locations are included: an area that is no longer requested would look withdrawn.
 */
import type { FetchContext, Fetched } from '../../domain/dataset/fetcher.ts';
import { AnswerRefused } from '../../domain/interpret/finding.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { type Area, codeOf } from '../../domain/time/location.ts';
import { type HolidayAnswer, holidaysOf, readAnswer, writeAnswer } from './answer.ts';
import { holidayLibrary } from './library.ts';
import { withoutRefused } from './refused-areas.ts';
import { holidayService } from './service.ts';

/** @throws Failure of the service */
export async function fetchHolidays(day: CivilDay, context: FetchContext): Promise<Fetched> {
  const year = Number(day.slice(0, 4));
  const before = await answerBefore(context.before);
  const source = context.settings.HOLIDAYS_SOURCE === 'http' ? holidayService : holidayLibrary;
  const answers = await source(year, withCountries(context.areas), context);
  const body = new TextEncoder().encode(writeAnswer(year, withoutRefused(year, answers, before), before));
  return { url: answers.url, contentType: 'application/json', body };
}

/** Whole countries too: a location added later in one of them has its holidays at once. */
function withCountries(areas: readonly Area[]): Area[] {
  const countries = areas.map(({ country }) => ({ country, subdivision: null }));
  return [...new Map([...areas, ...countries].map((area) => [codeOf(area), area])).values()];
}

/** The last readable answer of the year. */
async function answerBefore(bodies: AsyncIterable<Uint8Array>): Promise<HolidayAnswer | undefined> {
  for await (const body of bodies) {
    const answer = readable(body);
    if (answer) return answer;
  }
  return undefined;
}

/** One that is not folded yet may turn out to be refused. */
function readable(body: Uint8Array): HolidayAnswer | undefined {
  try {
    const answer = readAnswer(body);
    for (const { area } of answer.areas) holidaysOf(answer, area);
    return answer;
  } catch (error) {
    if (error instanceof AnswerRefused) return undefined;
    throw error;
  }
}
