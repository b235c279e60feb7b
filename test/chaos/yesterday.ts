/** The last delivery day that has wholly passed, whatever the zone: the end of a kill run's range. */
import { addDays, type CivilDay } from '../../domain/time/civil-day.ts';

export function yesterday(): CivilDay {
  return addDays(new Date().toISOString().slice(0, 10), -1);
}
