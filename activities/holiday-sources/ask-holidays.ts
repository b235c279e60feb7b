/**
 * Asks for a year of holidays: of every area that a location ever had, and of those whose business days a dataset is
 * judged by. An area that is asked for no longer would look withdrawn, so that removed locations are among them.
 */
import { type HolidayAnswer, holidaysOf, readAnswer, writeAnswer } from '../../datasets/calendar/answer.ts';
import type { Catalog } from '../../datasets/catalog.ts';
import type { Sql } from '../../db/connection/client.ts';
import { areasOfLocations, locationsChangedAt } from '../../db/queries/catalog/locations.ts';
import { bodyOf } from '../../db/queries/payloads/payload-body.ts';
import { lastUsablePayloads, loadPayload } from '../../db/queries/payloads/payloads.ts';
import { AnswerRefused } from '../../domain/interpret/finding.ts';
import { HOLIDAYS_DATASET } from '../../domain/time/business-days.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { type Area, codeOf } from '../../domain/time/location.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import type { RecordSource } from '../ingest/record-source.ts';
import type { HolidaySource } from './holiday-source.ts';

export function holidayRecords(source: HolidaySource, catalog: Catalog): RecordSource {
  return {
    changedAt: locationsChangedAt,
    async ask(sql, day, cancelled) {
      const year = Number(day.slice(0, 4));
      const before = await answerBefore(sql, day);
      const heard = await source.ask(year, await areasToAsk(sql, catalog), cancelled);
      assertNoneForgotten(before, heard.unknown);
      const body = Buffer.from(writeAnswer(year, heard, before));
      const headers = { 'content-type': 'application/json' };
      return { url: heard.url, status: 200, headers, body };
    },
  };
}

/** Payloads of the year that are looked through for its last answer that could be read. */
const LOOK_BACK = 5;

/** Whole countries too: whoever adds a place in one of them has its holidays at once. */
async function areasToAsk(sql: Sql, { datasets }: Catalog): Promise<Area[]> {
  const needed = datasets.flatMap(({ pull }) => pull.publication.businessDays ?? []);
  const areas = [...(await areasOfLocations(sql)), ...needed];
  const countries = areas.map(({ country }) => ({ country, subdivision: null }));
  return [...new Map([...areas, ...countries].map((area) => [codeOf(area), area])).values()];
}

/** The last answer of the year that could be read. */
async function answerBefore(sql: Sql, day: CivilDay): Promise<HolidayAnswer | undefined> {
  for (const id of await lastUsablePayloads(sql, HOLIDAYS_DATASET, day, LOOK_BACK)) {
    const answer = readable(await bodyOf(await loadPayload(sql, id)));
    if (answer) return answer;
  }
  return undefined;
}

/** One that waits to be folded may turn out to be refused. */
function readable(body: Buffer): HolidayAnswer | undefined {
  try {
    const answer = readAnswer(body);
    for (const { area } of answer.areas) holidaysOf(answer, area);
    return answer;
  } catch (error) {
    if (error instanceof AnswerRefused) return undefined;
    throw error;
  }
}

/** A source that has forgotten a country has not withdrawn its holidays. @throws Failure ANSWER_BROKEN */
function assertNoneForgotten(before: HolidayAnswer | undefined, unknown: readonly string[]): void {
  const forgotten = unknown.filter((code) => before?.areas.some(({ area }) => area === code));
  if (forgotten.length === 0) return;
  throw new Failure(
    'ANSWER_BROKEN',
    `the source answered for ${forgotten.join(', ')} before and does not know it any more: nothing was written; ask again, ` +
      'or choose another source (HOLIDAYS_SOURCE)',
  );
}
