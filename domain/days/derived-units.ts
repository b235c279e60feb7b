/** Which days of an input a unit is computed from, and which units a changed day of an input affects. Time zones may differ. Pure. */
import type { DerivedInput } from '../dataset/derive.ts';
import type { DatasetFacts } from '../dataset/facts.ts';
import { addDays, type CivilDay, dayAt, eachDay, type Interval } from '../time/civil-day.ts';
import { deliveryInterval } from '../time/delivery-day.ts';

type InZone = Pick<DatasetFacts, 'source'>;

/** The interval of an input that a unit sees: its own day, and those around it. */
export function windowOfInput(derived: InZone, { days = {} }: DerivedInput, unit: CivilDay): Interval {
  const { before = 0, after = 0 } = days;
  return {
    startMs: deliveryInterval(derived, addDays(unit, -before)).startMs,
    endMs: deliveryInterval(derived, addDays(unit, after)).endMs,
  };
}

/** The delivery days of an input that overlap a window, ascending. */
export function daysWithin({ source }: InZone, { startMs, endMs }: Interval): CivilDay[] {
  return eachDay(dayAt(startMs, source.timeZone), dayAt(endMs - 1, source.timeZone));
}

/** The units to be computed again when a day of an input has changed, ascending. */
export function unitsMovedBy(
  derived: InZone,
  input: InZone,
  about: DerivedInput,
  moved: CivilDay,
): CivilDay[] {
  return unitsTouching(derived, about, deliveryInterval(input, moved));
}

/** The units that see some of an interval of an input, ascending. */
export function unitsTouching(
  derived: InZone,
  { days = {} }: DerivedInput,
  { startMs, endMs }: Interval,
): CivilDay[] {
  const { before = 0, after = 0 } = days;
  const { timeZone } = derived.source;
  return eachDay(addDays(dayAt(startMs, timeZone), -after), addDays(dayAt(endMs - 1, timeZone), before));
}
