/** What a decoder gets to know about the response behind a stored payload. Pure. */
import type { PulledPoints } from '../dataset/points.ts';
import type { Answer } from '../dataset/pull.ts';
import type { CivilDay } from '../time/civil-day.ts';
import { deliveryInterval } from '../time/delivery-day.ts';
import { windowOf } from './batches.ts';

/** A requested payload as it is stored. */
export interface StoredResponse {
  readonly day: CivilDay;
  /** First and last day of the request, where it was for several. */
  readonly batchFrom: CivilDay | null;
  readonly batchTo: CivilDay | null;
  readonly part: string;
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** @param unit the day that it is read for, one of those it covers. */
export function answerOf(dataset: PulledPoints, response: StoredResponse, unit = response.day): Answer {
  const { day, batchFrom, batchTo, part, url, status, headers } = response;
  const window =
    batchFrom && batchTo ? windowOf(dataset, [batchFrom, batchTo]) : deliveryInterval(dataset, day);
  return { unit, part, window, url, status, contentType: headers['content-type'] ?? null };
}
