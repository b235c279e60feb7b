/** When tables are published and how often they are requested. A day of a table takes one request per part. */
import type { LocalMoment, PointPull } from '../../domain/dataset/pull.ts';

type Schedule = Pick<PointPull, 'publication' | 'polling'>;

/** Published on the day before. @param times `HH:MM` of that day, in order */
export function dayBefore(opens: string, expected: string, deadline: string): Schedule {
  return {
    publication: { opens: at(-1, opens), expected: at(-1, expected), deadline: at(-1, deadline) },
    polling: {
      tickMinutes: 5,
      waiting: [
        { from: at(-1, opens), everyMinutes: 30 },
        { from: at(-1, expected), everyMinutes: 10 },
        { from: at(-1, deadline), everyMinutes: 30 },
        { from: at(1, '00:00'), everyMinutes: 360 },
      ],
      revisions: [
        { untilHours: 36, everyMinutes: 360 },
        { untilHours: 240, everyMinutes: 1_440 },
      ],
    },
  };
}

/** A forecast that is renewed through the day: each vintage is kept. */
export function throughTheDay(opens: LocalMoment, expected: LocalMoment, deadline: LocalMoment): Schedule {
  return {
    publication: { opens, expected, deadline },
    polling: {
      tickMinutes: 10,
      waiting: [
        { from: opens, everyMinutes: 60 },
        { from: at(1, '06:00'), everyMinutes: 360 },
      ],
      revisions: [
        { untilHours: 32, everyMinutes: 60 },
        { untilHours: 120, everyMinutes: 1_440 },
      ],
    },
  };
}

/** Measured values: an hour or two after each hour, corrected for weeks. */
export function measured(): Schedule {
  return {
    publication: { opens: at(0, '01:00'), expected: at(1, '02:00'), deadline: at(1, '12:00') },
    polling: {
      tickMinutes: 10,
      waiting: [
        { from: at(0, '01:00'), everyMinutes: 60 },
        { from: at(2, '00:00'), everyMinutes: 360 },
        { from: at(5, '00:00'), everyMinutes: 1_440 },
      ],
      revisions: [
        { untilHours: 48, everyMinutes: 720 },
        { untilHours: 336, everyMinutes: 2_880 },
      ],
    },
  };
}

/** A moment of a day before or after delivery. */
export function at(day: number, time: string): LocalMoment {
  return { day, time };
}
