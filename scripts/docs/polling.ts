/** The calendars of polled points: equal ones are listed once, under a number. */
import { type Dataset, isPulledPoints } from '../../domain/dataset/dataset.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import type { LocalMoment } from '../../domain/dataset/pull.ts';
import { table } from './markdown.ts';

const numbers = new Map<string, number>();

/** Number of the calendar of a dataset, in order of asking. */
export function pollingOf(dataset: PulledPoints): number {
  const key = JSON.stringify(rowOf(dataset));
  const number = numbers.get(key) ?? numbers.size + 1;
  numbers.set(key, number);
  return number;
}

/** One row for each calendar. */
export function pollingTables(all: readonly Dataset[]): string[] {
  const rows = new Map(
    all.filter(isPulledPoints).map((dataset) => [pollingOf(dataset), rowOf(dataset)] as const),
  );
  return [
    table(
      ['', 'opens', 'expected', 'deadline', 'polled every, while not complete', 'once complete'],
      [...rows].sort(([a], [b]) => a - b).map(([number, row]) => [String(number), ...row]),
    ),
  ];
}

function rowOf({ pull: { publication, polling } }: PulledPoints): string[] {
  const { opens, expected, deadline } = publication;
  const waiting = polling.waiting.map(({ from, everyMinutes }) => `${gate(from)} ${duration(everyMinutes)}`);
  const revisions = polling.revisions.map(
    ({ untilHours, everyMinutes }) => `${duration(everyMinutes)} until ${duration(untilHours * 60)}`,
  );
  return [opens, expected, deadline].map(gate).concat(waiting.join(', '), revisions.join(', '));
}

/** `D-1T10:30` */
function gate({ day, time }: LocalMoment): string {
  return `D${day < 0 ? '-' : '+'}${Math.abs(day)}T${time}`;
}

/** `10min`, `6h`, `31d` */
function duration(minutes: number): string {
  if (minutes % 1440 === 0) return `${minutes / 1440}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}min`;
}
