/** When a dataset is published and how often it is requested, in words; the same in the docs and the API. Pure. */
import type { PulledPoints } from './points.ts';
import type { LocalMoment } from './pull.ts';

/** `10:30 the day before`, of a moment relative to a delivery day. */
export function describeMoment({ day, time }: LocalMoment): string {
  if (day === 0) return `${time} on the day`;
  const distance = Math.abs(day) === 1 ? 'the day' : `${Math.abs(day)} days`;
  return `${time} ${distance} ${day < 0 ? 'before' : 'after'}`;
}

/** One sentence for each cadence, in order. */
export function describePolling({ pull: { polling } }: PulledPoints): string[] {
  return [
    ...polling.waiting.map(
      ({ from, everyMinutes }) =>
        `while it is not complete, from ${describeMoment(from)}: every ${everyMinutes} minutes`,
    ),
    ...polling.revisions.map(
      ({ untilHours, everyMinutes }) =>
        `once complete, until ${untilHours} hours after the expected publication: every ${everyMinutes} minutes`,
    ),
  ];
}
