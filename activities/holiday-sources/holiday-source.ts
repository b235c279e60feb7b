/** What a source of holidays is: a library that we carry along, or a service. Which one is a setting. */
import type { Said } from '../../datasets/calendar/answer.ts';
import type { Area } from '../../domain/time/location.ts';

export interface HolidaySource {
  /**
   * What it says of areas in a year. An area that it does not know is answered for by what the area lies in; one whose
   * country it does not know is `unknown`.
   * @throws Failure those of `askSource`
   */
  ask(year: number, areas: readonly Area[], cancelled: AbortSignal): Promise<HeardHolidays>;
}

export interface HeardHolidays extends Said {
  /** Where it was asked; stored and shown, so without a key. */
  readonly url: string;
}
