/** Which days of an input a unit is computed from, and which units a day of an input moves. Time zones may differ. Pure. */
import type { DerivedInput } from '../dataset/derive.ts';
import type { DatasetFacts } from '../dataset/facts.ts';
import { addDays, type CivilDay, dayAt, eachDay, type Interval } from '../time/civil-day.ts';
import { deliveryInterval } from '../time/delivery-day.ts';

type InZone = Pick<DatasetFacts, 'source'>;

/** The time of an input that a unit sees: its own day, and those around it. */
export function windowOfInput(derived: InZone, { days = {} }: DerivedInput, unit: CivilDay): Interval {
  const { before = 0, after = 0 } = days;
  return {
    startMs: deliveryInterval(derived, addDays(unit, -before)).startMs,
    endMs: deliveryInterval(derived, addDays(unit, after)).endMs,
  };
}

/** The delivery days of an input of which something lies in a window, ascending. */
export function daysWithin({ source }: InZone, { startMs, endMs }: Interval): CivilDay[] {
  return eachDay(dayAt(startMs, source.timeZone), dayAt(endMs - 1, source.timeZone));
}

/** The units that are to be computed again when a day of an input has moved, ascending. */
export function unitsMovedBy(
  derived: InZone,
  input: InZone,
  about: DerivedInput,
  moved: CivilDay,
): CivilDay[] {
  return unitsTouching(derived, about, deliveryInterval(input, moved));
}

/** The units that see something of an interval of an input, ascending. */
export function unitsTouching(
  derived: InZone,
  { days = {} }: DerivedInput,
  { startMs, endMs }: Interval,
): CivilDay[] {
  const { before = 0, after = 0 } = days;
  const { timeZone } = derived.source;
  return eachDay(addDays(dayAt(startMs, timeZone), -after), addDays(dayAt(endMs - 1, timeZone), before));
}
