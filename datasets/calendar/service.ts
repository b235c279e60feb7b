/** Holidays of an HTTP service that answers as Nager.Date does: `GET {base}/PublicHolidays/{year}/{country}`. */
import { type Area, codeOf } from '../../domain/time/location.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import type { HolidaySource } from './answer.ts';
import { subdivisionsOf } from './readers.ts';
import { credentialsOf } from './source.ts';
import { enclosing } from './subdivisions.ts';

const LIMITS = { accept: 'application/json', maxBytes: 4 * 1024 * 1024, timeoutMs: 30_000 };

export const holidayService: HolidaySource = async (year, areas, { request, settings }) => {
  const { HOLIDAYS_BASE_URL: baseUrl = '' } = settings;
  const texts: Record<string, string> = {};
  for (const country of new Set(areas.map(({ country }) => country))) {
    const wanted = { path: `/PublicHolidays/${year}/${country}`, query: {}, ...LIMITS };
    const body = await request(baseUrl, wanted, credentialsOf(settings)).catch(unlessUnknown);
    if (body) texts[country] = textOf(body, country);
  }
  const isKnown = ({ country }: Area) => texts[country] !== undefined;
  return {
    source: { kind: 'http', name: 'PublicHolidays', version: null },
    said: texts,
    areas: areas.filter(isKnown).map((area) => answeredArea(area, texts[area.country] ?? '')),
    unknown: areas.filter((area) => !isKnown(area)).map(codeOf),
    url: `${baseUrl}/PublicHolidays/${year}`,
  };
};

/** Such a service answers 404 for a country that it does not have. */
function unlessUnknown(error: unknown): undefined {
  if (error instanceof Failure && error.status === 404) return undefined;
  throw error;
}

/** A subdivision that no holiday of its country names is unknown to the service. */
function answeredArea(area: Area, text: string) {
  const known = subdivisionsIn(text);
  const answeredFor = enclosing(codeOf(area)).find((code) => known.includes(code)) ?? area.country;
  return { area: codeOf(area), from: area.country, answeredFor };
}

/** An unreadable answer is kept all the same, and refused when it is decoded. */
function subdivisionsIn(text: string): string[] {
  try {
    return subdivisionsOf(text);
  } catch {
    return [];
  }
}

function textOf(body: Uint8Array, country: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw new Failure('ANSWER_BROKEN', `the holidays of ${country} are not UTF-8 text`, { cause });
  }
}
