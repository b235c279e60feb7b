/** Which datasets are enabled, since when and by whom. One statement each. */
import { dormant, neverEnabled } from '../../../domain/dataset/enabling.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

export interface Enabling {
  readonly dataset: string;
  readonly enabled: boolean;
  /** When it was enabled or disabled last; null where it never was enabled: then it has no storage. */
  readonly switchedAt: Date | null;
  readonly switchedBy: string | null;
}

/** Every registered dataset, by id. */
export async function enablings(sql: Sql): Promise<Map<string, Enabling>> {
  const { rows } = await sql.query<Enabling>(
    `select dataset, enabled, switched_at as "switchedAt", switched_by as "switchedBy" from ops.dataset`,
  );
  return new Map(rows.map((row) => [row.dataset, row]));
}

/** Ids of those that are enabled. */
export async function enabledIds(sql: Sql): Promise<Set<string>> {
  const { rows } = await sql.query<{ dataset: string }>('select dataset from ops.dataset where enabled');
  return new Set(rows.map(({ dataset }) => dataset));
}

/** Ids of those that have storage: enabled ones, and those that were enabled once. */
export async function storedIds(sql: Sql): Promise<Set<string>> {
  const { rows } = await sql.query<{ dataset: string }>(
    'select dataset from ops.dataset where switched_at is not null',
  );
  return new Set(rows.map(({ dataset }) => dataset));
}

/** Before work on a dataset is begun, and before its source is requested. @throws Failure DATASET_DORMANT with the cure */
export async function assertEnabled(sql: Sql, dataset: string): Promise<void> {
  const { rows } = await sql.query('select from ops.dataset where dataset = $1 and enabled', [dataset]);
  if (rows.length === 0) throw dormant(dataset);
}

/** Before a dataset is read, in any role. @throws Failure DATASET_DORMANT where it never was enabled: there is nothing to read */
export async function assertStored(sql: Sql, dataset: string): Promise<void> {
  const { rows } = await sql.query(
    'select from catalog.dataset where dataset = $1 and relation is not null',
    [dataset],
  );
  if (rows.length === 0) throw neverEnabled(dataset);
}

/** Enables a registered dataset, with its storage, or disables it. @returns whether that changed something */
export async function setEnabled(sql: Sql, dataset: string, enabled: boolean, by: string): Promise<boolean> {
  const { rows } = await sql.query<{ changed: boolean }>('select ops.set_enabled($1, $2, $3) as changed', [
    dataset,
    enabled,
    by,
  ]);
  return onlyRow(rows).changed;
}

/** The setting TIDEMARK_ENABLED as it was applied last; null: people decide. */
export async function enabledSetting(sql: Sql): Promise<string | null> {
  const { rows } = await sql.query<{ setting: string | null }>(
    'select enabled_setting as setting from ops.instance',
  );
  return onlyRow(rows).setting;
}

export async function noteEnabledSetting(sql: Sql, setting: string | null): Promise<void> {
  await sql.query('update ops.instance set enabled_setting = $1 where enabled_setting is distinct from $1', [
    setting,
  ]);
}
