/** Settings of the calendar: where holidays are asked for, and with which key. */
import { z } from 'zod';

export interface HolidayConfig {
  /** `library`: the rules that we carry along · `http`: a service. */
  readonly source: (typeof HOLIDAY_SOURCES)[number];
  /** Of the service, without trailing slash; null where none is asked. */
  readonly baseUrl: string | null;
  /** Of the service; null where it needs none. */
  readonly key: { readonly place: 'header' | 'query'; readonly name: string; readonly value: string } | null;
}

export const HOLIDAY_SOURCES = ['library', 'http'] as const;

const PLACE = /^(header|query):([A-Za-z0-9_-]+)$/;

export const holidaySettings = {
  HOLIDAYS_SOURCE: z
    .enum(HOLIDAY_SOURCES, { error: `write one of ${HOLIDAY_SOURCES.join(', ')}` })
    .default('library'),
  // What a header takes.
  HOLIDAYS_API_KEY: z
    .string()
    .regex(/^[!-~]+$/, 'write the key as it is, without spaces')
    .optional(),
  HOLIDAYS_API_KEY_IN: z
    .string()
    .regex(PLACE, 'write header:<name> or query:<name>, such as header:X-Api-Key')
    .default('header:X-Api-Key'),
};

export interface HolidaySettings {
  readonly HOLIDAYS_SOURCE: HolidayConfig['source'];
  readonly HOLIDAYS_BASE_URL?: string | undefined;
  readonly HOLIDAYS_API_KEY?: string | undefined;
  readonly HOLIDAYS_API_KEY_IN: string;
}

export function holidaysOf(settings: HolidaySettings): HolidayConfig {
  const { HOLIDAYS_SOURCE, HOLIDAYS_BASE_URL, HOLIDAYS_API_KEY, HOLIDAYS_API_KEY_IN } = settings;
  const [, place, name = ''] = PLACE.exec(HOLIDAYS_API_KEY_IN) ?? [];
  const key = HOLIDAYS_API_KEY
    ? { place: place === 'query' ? ('query' as const) : ('header' as const), name, value: HOLIDAYS_API_KEY }
    : null;
  return { source: HOLIDAYS_SOURCE, baseUrl: HOLIDAYS_BASE_URL?.replace(/\/$/, '') ?? null, key };
}

/** What the library does not need, a service does. */
export function isWithoutService({ HOLIDAYS_SOURCE, HOLIDAYS_BASE_URL }: HolidaySettings): boolean {
  return HOLIDAYS_SOURCE === 'http' && HOLIDAYS_BASE_URL === undefined;
}
