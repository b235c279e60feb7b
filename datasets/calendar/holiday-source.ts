/** A source of holidays: a bundled library or a service, chosen by a setting. */
import type { FetchContext } from '../../domain/dataset/fetcher.ts';
import type { Area } from '../../domain/time/location.ts';
import type { SourceAnswers } from './answer.ts';

/**
 * The holidays of areas in a year. For an area that it does not know, it gives those of the area around it; one whose country it does not
 * know is `unknown`.
 * @throws Failure as `FetchContext.request` does
 */
export type HolidaySource = (
  year: number,
  areas: readonly Area[],
  context: Pick<FetchContext, 'request' | 'settings'>,
) => Promise<SourcedHolidays>;

export interface SourcedHolidays extends SourceAnswers {
  /** The address requested; stored and shown, so without a key. */
  readonly url: string;
}
