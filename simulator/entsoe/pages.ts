// How answers are cut and packed: pages of too many instances, zips of documents.
import { type Answer, answer } from '../answer.ts';
import { type Parameters, Refused } from './query.ts';
import { type Member, zipOf } from './zip.ts';

/** One page of more than fit into an answer: those from an offset on. @throws Refused where none is given, or it means nothing */
export function paged<T>(
  all: readonly T[],
  { offset }: Parameters,
  most: number,
  handling: 'honoured' | 'ignored',
  item: string,
): readonly T[] {
  // Without an offset prices come whole, however many there are.
  if (offset !== undefined && handling === 'honoured')
    return all.slice(Number(offset), Number(offset) + most);
  if (all.length <= most || (offset === undefined && item.startsWith('ENERGY_PRICES'))) return all;
  throw new Refused(
    `The number of instances (${all.length}) exceeds the allowed maximum (${most}) for data item ${item}.`,
  );
}

/** A zip of documents that is called after what it tells of. */
export function zipAnswer(file: string, span: string, members: readonly Member[]): Answer {
  const body = zipOf(members).toString('latin1');
  const headers = { 'content-disposition': `attachment; filename="${file}_${span}.zip"` };
  return { ...answer(200, 'application/zip', body), binary: true, headers };
}

/** `202611202300`. */
export function compact(atMs: number): string {
  return new Date(atMs).toISOString().replaceAll(/\D/g, '').slice(0, 12);
}
