// How answers are cut and packed: pages for too many instances, zips of documents.
import { type Answer, answer } from '../answer.ts';
import { type Parameters, Refused } from './query.ts';
import { type Member, zipOf } from './zip.ts';

/** One page, if they do not fit into one answer: those from an offset on. @throws Refused without an offset, or where it has no meaning */
export function paged<T>(
  all: readonly T[],
  { offset }: Parameters,
  most: number,
  handling: 'honoured' | 'ignored',
  item: string,
): readonly T[] {
  // Without an offset all prices are returned.
  if (offset !== undefined && handling === 'honoured')
    return all.slice(Number(offset), Number(offset) + most);
  if (all.length <= most || (offset === undefined && item.startsWith('ENERGY_PRICES'))) return all;
  throw new Refused(
    `The number of instances (${all.length}) exceeds the allowed maximum (${most}) for data item ${item}.`,
  );
}

/** A zip of documents, named after their content. */
export function zipAnswer(file: string, span: string, members: readonly Member[]): Answer {
  const body = zipOf(members).toString('latin1');
  const headers = { 'content-disposition': `attachment; filename="${file}_${span}.zip"` };
  return { ...answer(200, 'application/zip', body), binary: true, headers };
}

/** `202611202300`. */
export function compact(atMs: number): string {
  return new Date(atMs).toISOString().replaceAll(/\D/g, '').slice(0, 12);
}
