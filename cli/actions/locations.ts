/** What `tidemark locations` does. */
import { randomUUID } from 'node:crypto';
import { addLocation, changeLocation, removeLocation } from '../../db/queries/catalog/change-location.ts';
import { type Location, listLocations } from '../../db/queries/catalog/locations.ts';
import { codeOf, type LocationFacts } from '../../domain/time/location.ts';
import type { AddOptions, ChangeOptions, Options } from '../commands/locations.ts';
import type { CliContext } from '../context.ts';
import { operator, readReason } from '../operator.ts';
import { refreshLocations } from '../refresh-locations.ts';
import { instant, table } from '../table.ts';
import { UsageError } from '../usage-error.ts';

export async function list(context: CliContext, all: boolean): Promise<number> {
  const locations = await listLocations(context.database(), all);
  context.print(locations, () =>
    table(
      ['id', 'name', 'code', 'version', 'known since', 'in use'],
      locations.map((each) => [
        ...[each.id, each.name, codeOf(each), each.version, instant(each.knownAt)],
        each.active ? 'yes' : 'no',
      ]),
    ),
  );
  return 0;
}

export async function add(context: CliContext, options: AddOptions): Promise<number> {
  const { id = randomUUID() } = options;
  const location = await addLocation(context.database(), readId(id), changesOf(options), doerOf(options));
  if (!location) throw new UsageError(`there is a location ${id}; "tidemark locations change" changes it`);
  return await refreshAndPrint(context, { location, changed: true }, 'added');
}

export async function change(context: CliContext, id: string, options: ChangeOptions): Promise<number> {
  const facts = changesOf(options);
  if (Object.keys(facts).length === 0)
    throw new UsageError('say what changes: --name, --country, --subdivision or --whole-country');
  const changed = await changeLocation(context.database(), readId(id), facts, doerOf(options));
  return await refreshAndPrint(context, changed ?? missing(id), 'changed');
}

function changesOf({ name, country, subdivision, wholeCountry }: ChangeOptions): Partial<LocationFacts> {
  if (wholeCountry && subdivision !== undefined)
    throw new UsageError('write either --subdivision or --whole-country');
  return {
    ...(name === undefined ? {} : { name }),
    ...(country === undefined ? {} : { country }),
    ...(subdivision === undefined ? {} : { subdivision }),
    ...(wholeCountry ? { subdivision: null } : {}),
  };
}

export async function remove(context: CliContext, id: string, options: Options): Promise<number> {
  const removed = await removeLocation(context.database(), readId(id), doerOf(options));
  const { location, changed } = removed ?? missing(id);
  context.print({ ...location, changed }, () => summary(location, changed ? 'removed' : 'removed already'));
  return 0;
}

async function refreshAndPrint(
  context: CliContext,
  { location, changed }: { readonly location: Location; readonly changed: boolean },
  what: string,
): Promise<number> {
  const refreshed = changed ? await refreshLocations(context) : '';
  context.print({ ...location, changed, refreshed }, () =>
    [summary(location, changed ? what : 'is so already'), refreshed].filter((line) => line !== '').join('\n'),
  );
  return 0;
}

function summary(location: Location, what: string): string {
  return `${location.name} (${codeOf(location)}, ${location.id}): ${what}, version ${location.version}`;
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

function readId(id: string): string {
  if (UUID.test(id)) return id.toLowerCase();
  throw new UsageError(`"${id}" is no id of a location; "tidemark locations list" shows them`);
}

function missing(id: string): never {
  throw new UsageError(`there is no location ${id}; "tidemark locations list --all" shows every one`);
}

function doerOf({ by, reason }: Options) {
  return { by: operator(by), reason: readReason(reason) };
}
