/** Spreadsheet times: days since 1899-12-30, with the time of day as a fraction. */

const SERIAL = /^(\d{1,6})(?:[.,](\d{1,20}))?$/;
const EPOCH_MS = Date.UTC(1899, 11, 30);
const DAY_SECONDS = 86_400;
/** How close a spreadsheet number of fifteen digits is to the intended second. */
const NEAR_SECONDS = 0.01;

/** @returns the wall-clock time as if it were UTC, ms, or why the text has none. */
export function readExcel(text: string): number | string {
  const [, days, fraction = ''] = SERIAL.exec(text) ?? [];
  if (days === undefined) return 'is not a number of days since 1899-12-30';
  const exact = Number(`0.${fraction}0`) * DAY_SECONDS;
  const seconds = Math.round(exact);
  // Precision of the digits given: half a unit of the last one, if that distinguishes seconds.
  const half = (DAY_SECONDS / 2) * 10 ** -fraction.length;
  const most = half <= 0.5 ? Math.max(half, NEAR_SECONDS) : NEAR_SECONDS;
  if (Math.abs(exact - seconds) > most) return 'is no whole second, or has too few digits to know which';
  return EPOCH_MS + (Number(days) * DAY_SECONDS + seconds) * 1000;
}
