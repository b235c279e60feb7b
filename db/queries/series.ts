/** Series: every key that was ever published. */
import type { Sql } from '../client.ts';

export interface SeriesRow {
  readonly id: number;
  readonly series: string;
  /** The payload that brought it first. */
  readonly firstPayloadId: number;
}

/** The catalogue rows of some series; those nobody has catalogued are left out. */
export async function findSeries(sql: Sql, dataset: string, series: readonly string[]): Promise<SeriesRow[]> {
  const { rows } = await sql.query<SeriesRow>(
    `select id, series, first_payload_id as "firstPayloadId"
     from catalog.series where dataset = $1 and series = any($2)`,
    [dataset, series],
  );
  return rows;
}

/**
 * Catalogues new series. Days are written side by side and may bring the same new series: the order by name keeps them
 * from waiting for each other in a circle, and the later one finds the row made.
 */
export async function addSeries(
  sql: Sql,
  dataset: string,
  payloadId: number,
  series: readonly { readonly series: string; readonly attributes: Readonly<Record<string, string>> }[],
): Promise<void> {
  await sql.query(
    `insert into catalog.series (dataset, series, attributes, first_payload_id)
     select $1, series, attributes, $2 from unnest($3::text[], $4::jsonb[]) as new(series, attributes)
     order by series
     on conflict (dataset, series) do nothing`,
    [dataset, payloadId, series.map((s) => s.series), series.map((s) => JSON.stringify(s.attributes))],
  );
}
