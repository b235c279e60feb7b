/** What a source of holidays is: a library that we carry along, or a service. Which one is a setting. */
import type { FetchContext } from '../../domain/dataset/fetcher.ts';
import type { Area } from '../../domain/time/location.ts';
import type { Said } from './answer.ts';

/**
 * What it says of areas in a year. An area that it does not know is answered for by what the area lies in; one whose
 * country it does not know is `unknown`.
 * @throws Failure as `FetchContext.request` does
 */
export type HolidaySource = (
  year: number,
  areas: readonly Area[],
  context: Pick<FetchContext, 'request' | 'settings'>,
) => Promise<SourcedHolidays>;

export interface SourcedHolidays extends Said {
  /** Where it was asked; stored and shown, so without a key. */
  readonly url: string;
}
