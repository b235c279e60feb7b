/**
 * Public holidays come from a bundled library (library.ts) or from an HTTP service (service.ts). A holiday is a civil date: the delivery
 * years of the calendar are those of UTC, and so are the starts of its records.
 */
import type { SourceFacts } from '../../domain/dataset/facts.ts';
import type { Credentials } from '../../domain/dataset/fetcher.ts';
import type { Setting, SettingFault, Settings } from '../../domain/dataset/settings.ts';

// Settings of the calendar: which source of holidays is used, and with which key.

const PLACE = /^(header|query):([A-Za-z0-9_-]+)$/;
const SERVICE = 'https://holidays.example/api/v3';

const holidaySettings = {
  HOLIDAYS_SOURCE: {
    meaning:
      'Where public holidays are requested: `library`: the rules of the package date-holidays, offline · `http`: a service',
    default: 'library',
    form: { oneOf: ['library', 'http'] },
  },
  HOLIDAYS_BASE_URL: {
    meaning:
      'Base URL of that service: what stands before `/PublicHolidays/{year}/{country}`; needed with `HOLIDAYS_SOURCE=http`',
    form: { urlSuchAs: SERVICE },
  },
  HOLIDAYS_API_KEY: {
    meaning: 'Its key; never stored, shown or logged',
    // Characters that a header can carry.
    form: { pattern: /^[!-~]+$/, hint: 'write the key as it is, without spaces' },
    secret: true,
  },
  HOLIDAYS_API_KEY_IN: {
    meaning: 'Where the key goes: `header:<name>` or `query:<name>`',
    default: 'header:X-Api-Key',
    form: { pattern: PLACE, hint: 'write header:<name> or query:<name>, such as header:X-Api-Key' },
  },
} as const satisfies Record<string, Setting>;

/** Settings that only a service needs. */
function holidaySettingFaults({ HOLIDAYS_SOURCE, HOLIDAYS_BASE_URL }: Settings): SettingFault[] {
  if (HOLIDAYS_SOURCE !== 'http' || HOLIDAYS_BASE_URL !== undefined) return [];
  const hint = `write the URL of the service, such as ${SERVICE}, or HOLIDAYS_SOURCE=library`;
  return [{ setting: 'HOLIDAYS_BASE_URL', hint }];
}

/** The key of the service as it is to be sent; none where no key is set. */
export function credentialsOf({ HOLIDAYS_API_KEY, HOLIDAYS_API_KEY_IN = '' }: Settings): Credentials {
  const [, place, name = ''] = PLACE.exec(HOLIDAYS_API_KEY_IN) ?? [];
  if (HOLIDAYS_API_KEY === undefined) return {};
  return { [place === 'query' ? 'query' : 'headers']: { [name]: HOLIDAYS_API_KEY } };
}

export const calendar: SourceFacts = {
  id: 'calendar',
  title: 'Calendar',
  link: 'https://github.com/commenthol/date-holidays',
  timeZone: 'UTC',
  settings: holidaySettings,
  settingFaults: holidaySettingFaults,
};
