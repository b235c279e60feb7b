/** A reader who knows nothing but the feed: it reads again what the feed names, and compares nothing. */
import type { Database } from '../../db/connection/client.ts';
import { storageOf } from '../../db/migration/storage.ts';
import { changesSince } from '../../db/queries/answers/changes.ts';
import type { Dataset } from '../../domain/dataset/dataset.ts';

/** Few, so that a page ends in the middle of what a transaction wrote. */
const PAGE = 3;

type Row = { readonly delivery_day: string };

export class NaiveFollower {
  readonly #database: Database;
  readonly #datasets: ReadonlyMap<string, Dataset>;
  readonly #held = new Map<string, readonly string[]>();
  #cursor = 0;

  constructor(database: Database, datasets: readonly Dataset[]) {
    this.#database = database;
    this.#datasets = new Map(datasets.map((dataset) => [dataset.id, dataset]));
  }

  /** Reads the feed to its end. */
  async follow(): Promise<void> {
    for (;;) {
      const changes = await changesSince(this.#database, { since: this.#cursor, dataset: null, limit: PAGE });
      for (const { dataset, day } of changes)
        if (this.#datasets.has(dataset)) this.#held.set(`${dataset} ${day}`, await this.#read(dataset, day));
      const last = changes.at(-1);
      if (!last) return;
      this.#cursor = last.cursor;
    }
  }

  /** All rows it holds of a dataset, as text, in order. */
  held({ id }: Dataset): string[] {
    return [...this.#held].flatMap(([unit, rows]) => (unit.startsWith(`${id} `) ? rows : [])).toSorted();
  }

  async #read(dataset: string, day: string): Promise<string[]> {
    const text = `select * from ${storageOf(dataset).relation} where delivery_day = $1`;
    return (await this.#database.query<Row>(text, [day])).rows.map((row) => JSON.stringify(row));
  }
}

/** The latest rows of a dataset, as the follower should hold them. */
export async function latestRows(database: Database, { id }: Dataset): Promise<string[]> {
  const { rows } = await database.query<Row>(`select * from ${storageOf(id).relation}`);
  return rows.map((row) => JSON.stringify(row)).toSorted();
}

/** What the ledger counts of each unit, and what its relation and its open findings have; both should be equal. */
export async function countsOf(
  database: Database,
  { id, shape }: Dataset,
): Promise<{ ledger: unknown[]; relation: unknown[] }> {
  const value = shape === 'points' ? 'r.value' : 'r.key';
  const { rows: ledger } = await database.query(
    `select day, present_points as present, quarantined_points as quarantined from ops.delivery_day where dataset = $1 order by day`,
    [id],
  );
  const { rows: relation } = await database.query(
    `select l.day, (select count(${value})::int from ${storageOf(id).relation} r where r.delivery_day = l.day) as present,
       (select coalesce(sum(f.points), 0)::int from ops.finding f
        where f.dataset = l.dataset and f.day = l.day and f.severity = 'block' and f.resolution = 'open') as quarantined
     from ops.delivery_day l where l.dataset = $1 order by l.day`,
    [id],
  );
  return { ledger, relation };
}
