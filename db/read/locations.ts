/** Locations as queries name them: by id or name, several with commas between, in the API and the command. */
import type { Sql } from '../connection/client.ts';
import { findLocation, type Location, locationAt, locationsNamed } from '../queries/catalog/locations.ts';

/** Why a text names no location: there is none, there are several of that name, or it was not known at the instant asked. */
export class LocationRefused extends Error {
  readonly wanted: string;
  readonly why: 'none' | 'several' | 'later';

  constructor(wanted: string, why: LocationRefused['why']) {
    super(`location "${wanted}": ${why}`);
    this.wanted = wanted;
    this.why = why;
  }
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Each once, in the order named. @param at as known then; null: as known now. @throws LocationRefused */
export async function locationsOf(sql: Sql, texts: readonly string[], at: Date | null): Promise<Location[]> {
  const found = new Map<string, Location>();
  for (const text of texts)
    for (const location of await namedBy(sql, text, at)) found.set(location.id, location);
  return [...found.values()];
}

/** A name may have a comma of its own. */
async function namedBy(sql: Sql, text: string, at: Date | null): Promise<Location[]> {
  const parts = text.split(',').map((part) => part.trim());
  const wholes = parts.length > 1 ? await locationsNamed(sql, text.trim()) : [];
  const wanted = wholes.length > 0 ? [text.trim()] : parts;
  return await Promise.all(wanted.map((each) => one(sql, each, at)));
}

async function one(sql: Sql, wanted: string, at: Date | null): Promise<Location> {
  const found = UUID.test(wanted)
    ? [await findLocation(sql, wanted.toLowerCase())].flatMap((each) => each ?? [])
    : await locationsNamed(sql, wanted);
  const [only, other] = found;
  if (!only) throw new LocationRefused(wanted, 'none');
  if (other) throw new LocationRefused(wanted, 'several');
  const then = at ? await locationAt(sql, only.id, at) : only;
  if (!then) throw new LocationRefused(wanted, 'later');
  return then;
}
