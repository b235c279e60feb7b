/** Drops lines of erased persons when they are sent again. */
import { createHash } from 'node:crypto';
import type { ErasedPersons } from '../../db/queries/payloads/erasures.ts';
import { withoutLines } from '../../domain/records/erasure.ts';
import type { LineDataset } from '../lines/sort-lines.ts';

/** @returns a function that removes from a body the lines of erased persons that date from before their erasure. */
export function droppingErased(
  { id, lines }: LineDataset,
  { salt, persons }: ErasedPersons,
): (body: Buffer) => Buffer {
  const erasedAtMs = new Map(persons.map(({ sha256, requestedAtMs }) => [sha256, requestedAtMs]));
  if (erasedAtMs.size === 0) return (body) => body;
  const untilMs = remembering((person) =>
    erasedAtMs.get(createHash('sha256').update(`${salt} ${id} ${person}`).digest('hex')),
  );
  const isGone = (line: string, header: string | undefined) => {
    const person = lines.person?.of(line, header);
    const until = person == null ? undefined : untilMs(person);
    // An event without a readable time does not count as later.
    return until !== undefined && (lines.instantOf(line, header) ?? 0) <= until;
  };
  return (body) => withoutLines(lines, body, isGone).body;
}

/** Cached: a user has several events in a piece. */
function remembering(of: (person: string) => number | undefined): (person: string) => number | undefined {
  const known = new Map<string, number | undefined>();
  return (person) => {
    if (!known.has(person)) known.set(person, of(person));
    return known.get(person);
  };
}
