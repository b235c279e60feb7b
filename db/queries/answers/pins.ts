/** Pins: queries whose answer stays the same, and how to verify that it does. */
import statement from 'sql-template-tag';
import { onlyRow, type Sql } from '../../connection/client.ts';
import type { Location } from '../catalog/locations.ts';
import type { Days } from './answer-state.ts';
import { gatesInRange } from './knowledge.ts';
import { columnsOf, conditionsOf, type RowSelection, sourceOf } from './relation.ts';

export interface Pin {
  readonly id: string;
  readonly dataset: string;
  /** Null: no bound. */
  readonly from: Date | null;
  readonly to: Date | null;
  readonly series: readonly string[] | null;
  /** Key of a record. */
  readonly key: string | null;
  /** Records about their areas, as they were known then. */
  readonly locations: readonly Location[] | null;
  readonly asOf: Date;
  readonly gate: string | null;
  /** What an answer contains besides its rows. */
  readonly frozen: Readonly<Record<string, unknown>>;
  readonly fingerprint: string;
  readonly digest: string;
  readonly rows: number;
  readonly createdAt: Date;
  readonly createdBy: string;
}

const COLUMNS = `id, dataset, from_at as "from", to_at as "to", series, key, locations, as_of as "asOf", gate, frozen, fingerprint, digest, rows,
  created_at as "createdAt", created_by as "createdBy"`;

export async function findPin(sql: Sql, id: string): Promise<Pin | undefined> {
  const { rows } = await sql.query<Pin>(`select ${COLUMNS} from ops.pin where id = $1`, [id]);
  return rows[0];
}

/** @returns whether it was new. */
export async function insertPin(sql: Sql, pin: Omit<Pin, 'createdAt'>): Promise<boolean> {
  const { rowCount } = await sql.query(
    `insert into ops.pin (id, dataset, from_at, to_at, series, key, locations, as_of, gate, frozen, fingerprint, digest, rows, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     on conflict (id) do nothing`,
    [
      ...[
        pin.id,
        pin.dataset,
        pin.from,
        pin.to,
        pin.series,
        pin.key,
        pin.locations && JSON.stringify(pin.locations),
      ],
      ...[pin.asOf, pin.gate, JSON.stringify(pin.frozen)],
      ...[pin.fingerprint, pin.digest, pin.rows, pin.createdBy],
    ],
  );
  return rowCount === 1;
}

/**
 * Fingerprint of everything that became known about some days up to an instant: which payloads changed them, how, and their content. It
 * changes when the past is corrected: by a decoder that reads a payload differently, an erasure, retention.
 */
export async function feedFingerprint(
  sql: Sql,
  dataset: string,
  days: Days | null,
  asOf: Date,
): Promise<string> {
  const { rows } = await sql.query<{ fingerprint: string }>(
    `select encode(sha256(convert_to(coalesce(string_agg(
         concat_ws(' ', c.day, c.payload_id, c.kind, c.new_points, c.revised_points, c.nulled_points, c.largest_difference,
           extract(epoch from c.known_at), p.decoder_version, encode(p.content_sha256, 'hex')),
         ';' order by c.id), ''), 'UTF8')), 'hex') as fingerprint
     from ops.change c left join ops.payload p on p.id = c.payload_id
     where c.dataset = $1 and ($2::date is null or c.day between $2 and $3)
       and (c.known_at <= $4 or c.kind in ('corrected', 'erased', 'dropped'))`,
    [dataset, days?.first ?? null, days?.last ?? null, asOf],
  );
  return onlyRow(rows).fingerprint;
}

/** Digest of the rows, in any order; reads all of them. */
export async function rowsDigest(
  sql: Sql,
  selection: RowSelection,
): Promise<{ digest: string; rows: number }> {
  const { dataset, knowledge } = selection;
  const gates = await gatesInRange(sql, selection);
  const { rows } = await sql.query<{ digest: string; rows: number }>(
    statement`select count(*) || ':' || coalesce(sum(hash_record_extended(
         row(${columnsOf({ ...selection, personal: true })}), 0)::numeric), 0) as digest,
       count(*) as rows
     from ${sourceOf(dataset, knowledge, gates)} o
     where ${conditionsOf(selection)}`,
  );
  return onlyRow(rows);
}
