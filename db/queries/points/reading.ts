/** Reading observations as readers do: through the public relations, in order, in pages, however many there are. */
import Cursor from 'pg-cursor';
import type { Database } from '../../connection/client.ts';
import { storageOf } from '../../migration/storage.ts';

export interface Observation {
  readonly deliveryDay: string;
  readonly startsAt: Date;
  readonly series: string;
  /** A published null is a null. */
  readonly value: number | null;
  readonly knownAt: Date;
  readonly payloadId: number;
}

export interface Selection {
  readonly dataset: string;
  /** Instants; half-open. */
  readonly from: Date;
  readonly to: Date;
  /** Null selects every series. */
  readonly series: readonly string[] | null;
  /** Null reads the latest knowledge. */
  readonly asOf: Date | null;
}

const PAGE_ROWS = 5_000;

/** Observations by start and series, page by page; memory does not grow with their number. */
export async function* readObservations(
  database: Database,
  selection: Selection,
): AsyncGenerator<Observation[]> {
  const { text, values } = statement(selection);
  const client = await database.connect();
  const cursor = client.query(new Cursor<Observation>(text, values));
  try {
    for (;;) {
      const page = await cursor.read(PAGE_ROWS);
      if (page.length === 0) return;
      yield page;
    }
  } finally {
    await cursor.close();
    client.release();
  }
}

function statement({ dataset, from, to, series, asOf }: Selection): { text: string; values: unknown[] } {
  const { relation, asOf: asOfFunction } = storageOf(dataset);
  const text = `
    select delivery_day as "deliveryDay", starts_at as "startsAt", series, value, known_at as "knownAt",
      payload_id as "payloadId"
    from ${asOf ? `${asOfFunction}($4)` : relation}
    where starts_at >= $1 and starts_at < $2 and ($3::text[] is null or series = any($3))
    order by starts_at, series`;
  return { text, values: asOf ? [from, to, series, asOf] : [from, to, series] };
}
