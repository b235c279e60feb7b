/** Adds, changes and removes locations: each creates a version, while holding the lock of the location. */
import { assertLocation, type LocationFacts } from '../../../domain/time/location.ts';
import { type Database, type Sql, transaction } from '../../connection/client.ts';
import { addLocationVersion, findLocation, type Location, lockLocation } from './locations.ts';

/** Who does it, and why. */
export interface Doer {
  readonly by: string;
  readonly reason: string;
}

export interface ChangedLocation {
  readonly location: Location;
  /** False: nothing changed, and no version was created. */
  readonly changed: boolean;
}

/**
 * Adds a location. A removed one is restored under its id, with the facts that it had where others are not given.
 * @param check of the result; throws.
 * @returns undefined when this id exists.
 * @throws Failure BAD_INPUT
 */
export async function addLocation(
  database: Database,
  id: string,
  given: Partial<LocationFacts>,
  doer: Doer,
  check = assertLocation,
): Promise<Location | undefined> {
  return await behindLock(database, id, async (sql, known) => {
    if (known?.active) return undefined;
    const { name = '', country = '', subdivision = null } = known ?? {};
    // Another country: the subdivision that it had is not in it.
    const area = given.country === undefined ? { country, subdivision } : { country, subdivision: null };
    const facts = { name, ...area, ...given };
    check(facts);
    return await addLocationVersion(sql, { id, ...facts, active: true, ...doer });
  });
}

/**
 * Changes the facts of a location; omitted ones stay.
 * @param check of the result; throws.
 * @returns undefined when there is no such location.
 * @throws Failure BAD_INPUT
 */
export async function changeLocation(
  database: Database,
  id: string,
  change: Partial<LocationFacts>,
  doer: Doer,
  check = assertLocation,
): Promise<ChangedLocation | undefined> {
  return await behindLock(database, id, async (sql, known) => {
    if (!known) return undefined;
    const facts = { name: known.name, country: known.country, subdivision: known.subdivision, ...change };
    check(facts);
    const isSame =
      facts.name === known.name && facts.country === known.country && facts.subdivision === known.subdivision;
    if (isSame) return { location: known, changed: false };
    const version = { id, ...facts, active: known.active, ...doer };
    return { location: await addLocationVersion(sql, version), changed: true };
  });
}

/** Makes a location inactive; its versions and holidays stay. @returns undefined when there is no such location. */
export async function removeLocation(
  database: Database,
  id: string,
  doer: Doer,
): Promise<ChangedLocation | undefined> {
  return await behindLock(database, id, async (sql, known) => {
    if (!known) return undefined;
    if (!known.active) return { location: known, changed: false };
    const { name, country, subdivision } = known;
    const version = { id, name, country, subdivision, active: false, ...doer };
    return { location: await addLocationVersion(sql, version), changed: true };
  });
}

function behindLock<T>(
  database: Database,
  id: string,
  work: (sql: Sql, known: Location | undefined) => Promise<T>,
): Promise<T> {
  return transaction(database, async (sql) => {
    await lockLocation(sql, id);
    return await work(sql, await findLocation(sql, id));
  });
}
