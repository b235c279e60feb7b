/** The years that a query may cover. */
import { wrongField } from '../http/problem.ts';

/** Outside of these years, time zones and calendars are guesses. */
const FIRST_YEAR = 1900;
const LAST_YEAR = 2199;

/** @param text a day or an instant. @throws Problem 422 */
export function refuseOddYear(field: string, text: string): void {
  const year = Number(text.slice(0, 4));
  if (year < FIRST_YEAR || year > LAST_YEAR)
    throw wrongField(field, text, `write a year from ${FIRST_YEAR} to ${LAST_YEAR}`, 422);
}
