/**
 * Enables and disables datasets: by hand, or as the setting TIDEMARK_ENABLED says. Where the setting is present it is the whole truth:
 * it is applied whenever a process that reads it migrates or starts work, and a change by hand is refused.
 */
import type { Dataset } from '../../domain/dataset/dataset.ts';
import { assertInputs, chosenIds } from '../../domain/dataset/enabling.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import { type Database, transaction } from '../connection/client.ts';
import { enabledIds, enabledSetting, noteEnabledSetting, setEnabled } from '../queries/catalog/enabling.ts';
import { untilNobodyInterferes } from './register.ts';

const SETTING = 'TIDEMARK_ENABLED';

/** Ids, in order of the catalogue. */
export interface Switched {
  readonly enabled: readonly string[];
  readonly disabled: readonly string[];
}

/**
 * Enables or disables registered datasets by hand.
 * @param all of the catalogue
 * @returns those that were not so already
 * @throws Failure BAD_INPUT where the setting decides, or where a derived dataset would lack an input
 */
export async function switchByHand(
  database: Database,
  all: readonly Dataset[],
  change: { readonly ids: readonly string[]; readonly enabled: boolean; readonly by: string },
): Promise<string[]> {
  const { ids, enabled, by } = change;
  const setting = await enabledSetting(database);
  if (setting !== null)
    throw new Failure(
      'BAD_INPUT',
      `the setting ${SETTING} decides which datasets are enabled here (it is "${setting}"): change it there, and start migration and workers again`,
    );
  if (enabled) assertInputs(all, ids, await enabledIds(database));
  return await switchAll(database, ids, enabled, by);
}

/**
 * Applies the setting, if there is one. Datasets that are unknown here are left alone: another process may know more.
 * @param setting ids and patterns; undefined: people decide, and nothing is changed
 * @throws Failure UNKNOWN_DATASET, BAD_INPUT when the setting names none, or a derived dataset without its inputs
 */
export async function applySetting(
  database: Database,
  all: readonly Dataset[],
  setting: readonly string[] | undefined,
): Promise<Switched> {
  const wanted = setting && new Set(orNameSetting(() => wantedIds(all, setting)));
  await noteEnabledSetting(database, setting?.join(',') ?? null);
  if (!wanted) return { enabled: [], disabled: [] };
  const ids = all.map(({ id }) => id);
  const on = ids.filter((id) => wanted.has(id));
  const off = ids.filter((id) => !wanted.has(id));
  return {
    enabled: await switchAll(database, on, true, SETTING),
    disabled: await switchAll(database, off, false, SETTING),
  };
}

function wantedIds(all: readonly Dataset[], setting: readonly string[]): string[] {
  const wanted = chosenIds(all, setting);
  assertInputs(all, wanted);
  return wanted;
}

function orNameSetting<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Failure) throw new Failure(error.code, `${SETTING}: ${error.message}`);
    throw error;
  }
}

/** One transaction each: tables of fifty datasets at once would hold thousands of locks. Repeating it does the rest. */
async function switchAll(
  database: Database,
  ids: readonly string[],
  enabled: boolean,
  by: string,
): Promise<string[]> {
  const changed: string[] = [];
  for (const id of ids)
    if (await untilNobodyInterferes(() => transaction(database, (sql) => setEnabled(sql, id, enabled, by))))
      changed.push(id);
  return changed;
}
