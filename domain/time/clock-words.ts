/** Messages about clock differences. */

/** The message for a process whose clock is off. */
export function offMessage(aheadMs: number): string {
  return `the clock of this process is ${describeAhead(aheadMs)}, whose instants count: synchronise both clocks`;
}

/** `86400.0 s ahead of the database's`. */
export function describeAhead(aheadMs: number): string {
  return `${seconds(Math.abs(aheadMs))} ${aheadMs < 0 ? 'behind' : 'ahead of'} the database's`;
}

/** The message for a database whose clock was set back by this many milliseconds. */
export function setBackMessage(byMs: number): string {
  return `the database's clock was set back by ${seconds(byMs)}: look at what keeps it in time`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
