/**
 * calendar.holidays: the public holidays of countries and subdivisions, a year at a time, as a source says them now, and every
 * version of what it said before.
 *
 * A record is a holiday of an area, for each area that a location or a dataset needs; an area that the source does not know
 * has the holidays of what it lies in (`answered_for`, `fallback`). Its key, `NL-FL/2026/kings-day`, is found by
 * holding an answer against the one before it (identity.ts), so that a renamed or moved holiday is a version of the same record.
 *
 * Not known: holidays that are proclaimed for once stand in the library only after its next release; the HTTP service is
 * quicker. School holidays are not complete in either.
 */

import { defineDataset } from '../../domain/dataset/dataset.ts';
import type { DecodedRecord, DecodedRecords } from '../../domain/dataset/records.ts';
import { type Finding, finding } from '../../domain/interpret/finding.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { areaOf } from '../../domain/time/location.ts';
import {
  type AnsweredArea,
  type HolidayAnswer,
  holidaysOf,
  type RefusedAnswer,
  readAnswer,
} from './answer.ts';
import { fetchHolidays } from './fetch-holidays.ts';
import { calendar } from './source.ts';

export default defineDataset({
  shape: 'records',
  id: 'calendar.holidays',
  source: calendar,
  title: 'Public holidays',
  description: 'Holidays of the areas of all locations, with every version of what was announced.',
  unit: 'holiday',
  owner: 'Tidemark',
  licence: 'ISC and CC-BY-3.0 (date-holidays); of an HTTP service: as it says',
  link: 'https://github.com/commenthol/date-holidays',
  access: 'open',
  retentionDays: null,
  firstDay: '2000-01-01',
  chunkDays: 3_660,
  decoderVersion: 1,
  leading: true,
  silence: 'withdraw',
  period: 'year',
  // The years that people plan with; others are requested with "tidemark refresh".
  pull: { back: 1, ahead: 2, everyMinutes: 1_440, tickMinutes: 10, fetch: fetchHolidays },
  location: { country: 'country', subdivision: 'subdivision', fallback: 'fallback' },
  fields: [
    { name: 'country', type: 'text', description: 'ISO 3166-1: NL' },
    { name: 'subdivision', type: 'text', description: 'ISO 3166-2: NL-FL; null for the whole country' },
    {
      name: 'date',
      type: 'date',
      description: 'the day that is a holiday; since when it is known: known_at',
    },
    { name: 'name', type: 'text', description: 'in English' },
    { name: 'local_name', type: 'text', description: 'in the language of the country' },
    {
      name: 'type',
      type: 'text',
      description: 'public, bank, school, optional, observance, as the source says',
    },
    { name: 'substitute', type: 'boolean', description: 'stands for one on a free day; null: not said' },
    { name: 'source', type: 'text', description: 'who says so: library or http' },
    { name: 'answered_for', type: 'text', description: 'the area that the source spoke of' },
    { name: 'fallback', type: 'boolean', description: 'it spoke of a larger one: it does not know this one' },
  ],
  decode,
});

function decode(body: Uint8Array, day: CivilDay): DecodedRecords {
  const answer = readAnswer(body);
  const records = answer.areas.flatMap((area) => recordsOf(answer, area, day));
  const findings = [
    ...answer.areas.filter(isFallback).map(fallbackFinding),
    ...answer.unknown.map(unknownFinding),
    ...(answer.refused ?? []).map(refusedFinding),
  ];
  return { records, findings };
}

function recordsOf(answer: HolidayAnswer, area: AnsweredArea, day: CivilDay): DecodedRecord[] {
  return holidaysOf(answer, area.area).map((holiday, i) => ({
    key: `${area.area}/${day.slice(0, 4)}/${holiday.id}`,
    startsAtMs: Date.parse(`${holiday.date}T00:00:00Z`),
    version: 0,
    body: {
      ...areaOf(area.area),
      date: holiday.date,
      name: holiday.name,
      local_name: holiday.localName,
      type: holiday.type,
      substitute: holiday.substitute,
      source: answer.source.kind,
      answered_for: area.answeredFor,
      fallback: isFallback(area),
    },
    place: `said.${area.from}[${i}] for ${area.area}`,
  }));
}

function isFallback({ area, answeredFor }: AnsweredArea): boolean {
  return area !== answeredFor;
}

function fallbackFinding({ area, answeredFor }: AnsweredArea): Finding {
  const reason = `the source does not know ${area}: the holidays of ${answeredFor} stand for it`;
  return finding('fallback_area', 'info', reason, { points: 0, place: area });
}

function unknownFinding(area: string): Finding {
  const reason = `the source does not know the country of ${area}, so that nothing is known of its holidays`;
  return finding('unknown_area', 'warn', reason, { points: 0, place: area });
}

/** Open until the source answers for these areas again: the year is quarantined so long. */
function refusedFinding({ rule, reason, areas, answer }: RefusedAnswer): Finding {
  const what = `the answer for ${areas.join(', ')} was rejected: ${reason}; what the source said before stands`;
  const raw = answer === null ? null : JSON.stringify(answer).slice(0, 500);
  return finding(rule, 'block', what, { points: 0, place: areas[0] ?? null, raw });
}
