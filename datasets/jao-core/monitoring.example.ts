import { dayAt, dayInterval } from '../../domain/time/civil-day.ts';
import { exampleOfRows } from './example.ts';

const PAGES = ['Max Exchanges (MaxBex)', 'Net Positions'];
const ZONE = 'Europe/Amsterdam';

/** One row per page at the start of each business day. */
export default exampleOfRows((startsAtMs) => {
  const day = dayAt(startsAtMs, ZONE);
  if (dayInterval(day, ZONE).startMs !== startsAtMs) return [];
  const moments = { deadline: `${day}T10:30:00+01:00`, lastModifiedOn: `${day}T09:44:08+01:00` };
  return PAGES.map((page) => ({ page, status: 'Received', ...moments, followUpActionInitiated: null }));
}, 'businessDayUtc');
