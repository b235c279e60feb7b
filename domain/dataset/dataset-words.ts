/** Finds datasets by words in their definitions. Pure. */
import { type Dataset, isOfRecords } from './dataset.ts';
import type { PulledPoints } from './points.ts';
import type { LocalMoment } from './pull.ts';
import { tableNames } from './relation-names.ts';

/** Whether a dataset has all of some words, in whatever case, in its names, texts, unit, owner, licence, source or fields. */
export function hasWords(dataset: Dataset, words: string): boolean {
  const text = textOf(dataset).toLowerCase();
  const wanted = words.toLowerCase().split(/\s+/);
  return wanted.every((word) => text.includes(word));
}

function textOf(dataset: Dataset): string {
  const { id, source, title, description, unit, owner, licence } = dataset;
  // Not the descriptions of fields: in that much text short words match everywhere.
  const own = isOfRecords(dataset) ? dataset.fields.map(({ name }) => name) : tableNames(dataset);
  return [id, source.id, source.title, title, description, unit, owner, licence, ...own].join('\n');
}

// When a dataset is published and how often it is requested, in words; the same in the docs and the API. Pure.

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
