/** Finds datasets by words in their definitions. Pure. */
import { type Dataset, isOfRecords } from './dataset.ts';
import { tableNames } from './plain-names.ts';

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
