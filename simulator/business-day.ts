// Business days of the source: calendar days in Europe/Amsterdam, of 23, 24 or 25 hours.
// A day is a text YYYY-MM-DD; instants are UTC milliseconds since 1970; `hour` is the nth hour of the day from 0.

export const HOUR_MS = 3_600_000;

/** Swedish dates are written YYYY-MM-DD; parts of another language's take three times as long. */
const amsterdam = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Amsterdam',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** The business day of an instant. */
export function dayOf(instantMs: number): string {
  return amsterdam.format(instantMs).padStart('YYYY-MM-DD'.length, '0');
}

/** The instant at which a business day begins: 22:00 or 23:00 UTC of the day before. */
export function dayStartMs(day: string): number {
  const summerStartMs = Date.parse(`${day}T00:00:00Z`) - 2 * HOUR_MS;
  return dayOf(summerStartMs) === day ? summerStartMs : summerStartMs + HOUR_MS;
}

/** The instant at which a business day is over: the start of the next one. */
export function dayEndMs(day: string): number {
  return dayStartMs(nextDay(day));
}

/** The calendar day after `day`. */
export function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 24 * HOUR_MS).toISOString().slice(0, 10);
}

/** Every business day that shares an instant with [fromMs, toMs), in order. */
export function daysTouched(fromMs: number, toMs: number): string[] {
  const days: string[] = [];
  for (let day = dayOf(fromMs); dayStartMs(day) < toMs; day = nextDay(day)) days.push(day);
  return days;
}

/** The start of every hour of a business day: 23, 24 or 25 instants. */
export function hoursOf(day: string): number[] {
  const startMs = dayStartMs(day);
  const count = (dayEndMs(day) - startMs) / HOUR_MS;
  return Array.from({ length: count }, (_, hour) => startMs + hour * HOUR_MS);
}

/** The index of an instant's hour in its business day, counted from 0: unambiguous when the clocks change. */
export function hourOfDay(instantMs: number): number {
  return Math.floor((instantMs - dayStartMs(dayOf(instantMs))) / HOUR_MS);
}

// The simulator's clock: real time unless it is set or sped up. It decides what is published, never the quota.
// Instants are UTC milliseconds since 1970.

/** What can be changed about a clock. */
interface ClockSetting {
  /** The instant to show from now on. */
  readonly nowMs?: number;
  /** Simulated seconds per real second; 0 stands still. */
  readonly rate?: number;
}

/** A clock that runs from where it was last set. */
export interface SimulatorClock {
  /** The simulated instant. */
  nowMs(): number;
  /** Simulated seconds per real second. */
  rate(): number;
  /** Sets the instant, the rate or both; the other stays. */
  set(setting: ClockSetting): void;
}

/** A clock over `wallMs`, the real time. */
export function createClock(wallMs: () => number = Date.now): SimulatorClock {
  let anchor = { wallMs: wallMs(), nowMs: wallMs(), rate: 1 };
  const nowMs = () => anchor.nowMs + (wallMs() - anchor.wallMs) * anchor.rate;
  return {
    nowMs,
    rate: () => anchor.rate,
    set(setting) {
      anchor = { wallMs: wallMs(), nowMs: setting.nowMs ?? nowMs(), rate: setting.rate ?? anchor.rate };
    },
  };
}
