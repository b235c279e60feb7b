/**
 * Public holidays come from a bundled library (library.ts) or from an HTTP service (service.ts). A holiday is a civil date: the delivery
 * years of the calendar are those of UTC, and so are the starts of its records.
 */
import type { SourceFacts } from '../../domain/dataset/facts.ts';
import { holidaySettingFaults, holidaySettings } from './settings.ts';

export const calendar: SourceFacts = {
  id: 'calendar',
  title: 'Calendar',
  link: 'https://github.com/commenthol/date-holidays',
  timeZone: 'UTC',
  settings: holidaySettings,
  settingFaults: holidaySettingFaults,
};
