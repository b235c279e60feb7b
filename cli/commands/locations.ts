/** `tidemark locations`: locations whose holidays are kept. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { addLocation, changeLocation, removeLocation } from '../../db/queries/catalog/change-location.ts';
import { enabledIds } from '../../db/queries/catalog/enabling.ts';
import { type Location, listLocations } from '../../db/queries/catalog/locations.ts';
import { isOfLocations } from '../../domain/dataset/dataset.ts';
import type { PulledRecords } from '../../domain/dataset/records.ts';
import { periodsAround } from '../../domain/days/refresh.ts';
import { codeOf, type LocationFacts } from '../../domain/time/location.ts';
import { startRefresh } from '../../temporal/refreshes.ts';
import { operator, readReason } from '../arguments.ts';
import type { CliContext, Run } from '../context.ts';
import { messageOf } from '../describe.ts';
import { instant, table } from '../table.ts';
import { UsageError } from '../usage-error.ts';

interface Options {
  readonly reason: string;
  readonly by?: string;
  readonly json?: true;
}

interface ChangeOptions extends Options {
  readonly name?: string;
  readonly country?: string;
  readonly subdivision?: string;
  readonly wholeCountry?: true;
}

type AddOptions = Omit<ChangeOptions, 'wholeCountry'> & { readonly id?: string };

export function locationsCommand(locations: Command, run: Run): void {
  locations
    .command('list')
    .description('every location, by name')
    .option('--all', 'removed ones too')
    .option('--json', 'print JSON')
    .action((options: { all?: true; json?: true }) =>
      run(options.json, (context) => list(context, options.all ?? false)),
    );
  withWhy(locations.command('add'))
    .description('add a location, or bring back a removed one by its id; its holidays are requested at once')
    .option('--name <name>', 'as people know it (default: what a removed one was called)')
    .option('--country <code>', 'ISO 3166-1, such as NL (default: where a removed one was)')
    .option('--subdivision <code>', 'ISO 3166-2, such as NL-FL (default: the whole country)')
    .option('--id <uuid>', 'its id (default: a new one)')
    .action((options: AddOptions) => run(options.json, (context) => add(context, options)));
  withWhy(locations.command('change'))
    .description('give a location another name or code: a new version of it')
    .argument('<id>', 'as "tidemark locations list" shows it')
    .option('--name <name>', 'another name')
    .option('--country <code>', 'another country')
    .option('--subdivision <code>', 'another subdivision')
    .option('--whole-country', 'no subdivision')
    .action((id: string, options: ChangeOptions) =>
      run(options.json, (context) => change(context, id, options)),
    );
  withWhy(locations.command('remove'))
    .description('make a location inactive; its history stays')
    .argument('<id>', 'as "tidemark locations list" shows it')
    .action((id: string, options: Options) => run(options.json, (context) => remove(context, id, options)));
}

function withWhy(command: Command): Command {
  return command
    .requiredOption('--reason <text>', 'why; kept with the version')
    .option('--by <name>', 'who does it (default: your user name)')
    .option('--json', 'print JSON');
}

async function list(context: CliContext, all: boolean): Promise<number> {
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

async function add(context: CliContext, options: AddOptions): Promise<number> {
  const { id = randomUUID() } = options;
  const location = await addLocation(context.database(), readId(id), changesOf(options), doerOf(options));
  if (!location) throw new UsageError(`there is a location ${id}; "tidemark locations change" changes it`);
  return await refreshAndPrint(context, { location, changed: true }, 'added');
}

async function change(context: CliContext, id: string, options: ChangeOptions): Promise<number> {
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

async function remove(context: CliContext, id: string, options: Options): Promise<number> {
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

/** @returns what was started, or why nothing was: then the schedule requests it at its next tick. */
async function refreshLocations(context: CliContext): Promise<string> {
  const enabled = await enabledIds(context.database());
  const datasets = context.catalog.all.filter(isOfLocations).filter(({ id }) => enabled.has(id));
  const refreshes = datasets.map((dataset) => refresh(context, dataset));
  return (await Promise.all(refreshes)).join('\n');
}

async function refresh(context: CliContext, dataset: PulledRecords): Promise<string> {
  const periods = periodsAround(dataset, Date.now());
  try {
    const started = await startRefresh(await context.temporal(), dataset.id, periods);
    return `${dataset.title} are requested: ${started.map(({ workflowId }) => workflowId).join(', ')}`;
  } catch (error) {
    return `${dataset.title} will be requested by the schedule: ${messageOf(error)}`;
  }
}
