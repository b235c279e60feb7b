/**
 * Civil days of a time zone and their UTC intervals. A delivery day has 23, 24 or 25 hours; only this module knows why. Time-zone rules
 * come from the platform (Intl), never from a table of ours. Instants are milliseconds since the epoch (UTC), days are `YYYY-MM-DD`.
 */

/** A calendar date without a zone, `YYYY-MM-DD`. */
export type CivilDay = string;

/** A half-open interval of instants, milliseconds since the epoch. */
export interface Interval {
  readonly startMs: number;
  readonly endMs: number;
}

const DAY_MS = 86_400_000;
const DAY_PATTERN = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME_PATTERN = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** True for an existing date written as `YYYY-MM-DD`. */
export function isCivilDay(text: unknown): text is CivilDay {
  if (typeof text !== 'string' || !DAY_PATTERN.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && dayFromUtc(ms) === text;
}

/** Whether a name is a valid IANA time zone. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** The day `days` later (or earlier, when negative). */
export function addDays(day: CivilDay, days: number): CivilDay {
  return dayFromUtc(utcMidnight(day) + days * DAY_MS);
}

/** The number of days from `from` to `to`; negative when `to` is earlier. */
export function daysFrom(from: CivilDay, to: CivilDay): number {
  return Math.round((utcMidnight(to) - utcMidnight(from)) / DAY_MS);
}

/** Every day from `from` to `to`, both included, ascending; empty when `to` is before `from`. */
export function eachDay(from: CivilDay, to: CivilDay): CivilDay[] {
  const count = Math.max(0, daysFrom(from, to) + 1);
  return Array.from({ length: count }, (_, index) => addDays(from, index));
}

/** The civil day that an instant falls on in a time zone. */
export function dayAt(instantMs: number, timeZone: string): CivilDay {
  return dayFromUtc(instantMs + offsetMs(instantMs, timeZone));
}

/**
 * The UTC interval of a civil day: from its first instant to the first instant of the next day.
 * @throws RangeError when the zone skipped that day altogether (Samoa, 2011-12-30) or is unknown.
 */
export function dayInterval(day: CivilDay, timeZone: string): Interval {
  return { startMs: startOfDay(day, timeZone), endMs: startOfDay(addDays(day, 1), timeZone) };
}

/**
 * The instant of a wall-clock time on a civil day. A time skipped by a clock change means the instant after the gap; one that occurs twice
 * means the first.
 * @param time `HH:MM`, 24 hours.
 */
export function instantAt(day: CivilDay, time: string, timeZone: string): number {
  return remembered(`${timeZone} ${day} ${time}`, () => {
    const [first] = instantsAt(day, time, timeZone);
    return first ?? Math.max(...candidates(wallTime(day, time), timeZone));
  });
}

/**
 * The instants of a wall-clock time on a civil day, ascending: one, none when a clock change skips it, two when it occurs twice.
 * @param time `HH:MM`, 24 hours.
 */
export function instantsAt(day: CivilDay, time: string, timeZone: string): number[] {
  const wallMs = wallTime(day, time);
  const exact = candidates(wallMs, timeZone).filter((ms) => ms + offsetMs(ms, timeZone) === wallMs);
  return [...new Set(exact)].sort((a, b) => a - b);
}

/** The wall-clock time as if it were UTC. */
function wallTime(day: CivilDay, time: string): number {
  const match = TIME_PATTERN.exec(time);
  if (!match) throw new RangeError(`time "${time}" is not HH:MM between 00:00 and 23:59`);
  return utcMidnight(day) + (Number(match[1]) * 60 + Number(match[2])) * 60_000;
}

function startOfDay(day: CivilDay, timeZone: string): number {
  return remembered(`${timeZone} ${day}`, () => {
    // Midnight may not exist (clocks spring forward at 00:00): then the transition itself is the day's first instant, and it is one of the
    // two candidates.
    const starts = candidates(utcMidnight(day), timeZone).filter((ms) => dayAt(ms, timeZone) === day);
    if (starts.length === 0) throw new RangeError(`${day} does not exist in ${timeZone}`);
    return Math.min(...starts);
  });
}

const instants = new Map<string, number>();
const MOST_INSTANTS = 10_000;

/** Cached: finding an instant takes some 50 µs, and a page of days needs a few of them a thousand times. */
function remembered(name: string, find: () => number): number {
  const known = instants.get(name);
  if (known !== undefined) return known;
  const found = find();
  if (instants.size >= MOST_INSTANTS) instants.clear();
  instants.set(name, found);
  return found;
}

/** The candidate instants of a wall-clock time by the offsets in force shortly before and after it. */
function candidates(wallMs: number, timeZone: string): [number, number] {
  return [wallMs - offsetMs(wallMs - DAY_MS, timeZone), wallMs - offsetMs(wallMs + DAY_MS, timeZone)];
}

/** Local time minus UTC at an instant, milliseconds. */
function offsetMs(instantMs: number, timeZone: string): number {
  const part = formatter(timeZone)
    .formatToParts(instantMs)
    .find(({ type }) => type === 'timeZoneName');
  const match = /^GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(part?.value ?? '');
  if (!match) throw new RangeError(`no offset known for time zone "${timeZone}"`);
  const seconds = Number(match[2] ?? 0) * 3600 + Number(match[3] ?? 0) * 60 + Number(match[4] ?? 0);
  return (match[1] === '-' ? -1000 : 1000) * seconds;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(timeZone: string): Intl.DateTimeFormat {
  let found = formatters.get(timeZone);
  if (!found) {
    found = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
    formatters.set(timeZone, found);
  }
  return found;
}

function utcMidnight(day: CivilDay): number {
  if (!isCivilDay(day))
    throw new RangeError(`day "${String(day)}" is not an existing date written as YYYY-MM-DD`);
  return Date.parse(`${day}T00:00:00Z`);
}

function dayFromUtc(ms: number): CivilDay {
  return new Date(ms).toISOString().slice(0, 10);
}
