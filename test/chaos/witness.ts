/**
 * Those who look on during a kill run: a reader that resumes from the change feed's cursor, and triggers that note every
 * write to a day by a transaction that does not hold the day's lock.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { queryOnce } from './system.ts';

/** What is written in the transaction of each fold and each fetch: ledger and payloads. */
const AUDIT = `
  create table ops.chaos_write (day date not null, locked boolean not null, at timestamptz not null);
  create function ops.chaos_look() returns trigger language plpgsql security definer as $$
  begin
    -- Other datasets are written behind locks of other kinds.
    if new.dataset <> 'jao-core.max-exchanges' then return null; end if;
    insert into ops.chaos_write
    select new.day, exists (
      select from pg_locks
      where locktype = 'advisory' and granted and pid = pg_backend_pid() and mode = 'ExclusiveLock'
        and (classid::bigint << 32 | objid::bigint)
          = hashtextextended(format('tidemark.day %s %s', new.dataset, new.day), 0)), clock_timestamp();
    return null;
  end $$;
  create trigger chaos_look after insert or update on ops.delivery_day for each row execute function ops.chaos_look();
  create trigger chaos_look after insert or update on ops.payload for each row execute function ops.chaos_look();
  create trigger chaos_look after insert on ops.change for each row execute function ops.chaos_look();
`;

export async function installAudit(url: string): Promise<void> {
  await queryOnce(url, AUDIT);
}

/** How many writes were seen, and how many of them by somebody who did not hold the day. */
export async function auditedWrites(url: string): Promise<{ total: number; unlocked: number }> {
  const [row] = await queryOnce<{ total: string; unlocked: string }>(
    url,
    'select count(*) as total, count(*) filter (where not locked) as unlocked from ops.chaos_write',
  );
  return { total: Number(row?.total), unlocked: Number(row?.unlocked) };
}

const READ_EVERY_MS = 50;

/** A reader of the change feed, from its beginning, through every outage. It keeps its session for as long as that lives. */
export class FeedReader {
  readonly #sessions: pg.Pool;
  readonly #read: string[] = [];
  #last = 0;
  #stopped = false;
  readonly #reading: Promise<void>;

  constructor(url: string) {
    this.#sessions = new pg.Pool({ connectionString: url, max: 1, connectionTimeoutMillis: 30_000 });
    this.#sessions.on('error', () => {});
    this.#reading = this.#run();
  }

  /** The last cursor that was read. */
  get last(): number {
    return this.#last;
  }

  /** Ends reading; the cursors that were committed and never read, or read in another order than theirs. */
  async missed(): Promise<string[]> {
    this.#stopped = true;
    await this.#reading;
    await this.#readOn();
    const expected = await this.#cursorsAfter(0);
    await this.#sessions.end();
    const read = new Set(this.#read);
    const missing = expected.filter((cursor) => !read.has(cursor));
    return this.#read.length === expected.length || missing.length > 0 ? missing : ['read twice'];
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      // The database may be away; the cursor stays where it is.
      await this.#readOn().catch(() => {});
      await delay(READ_EVERY_MS);
    }
  }

  async #readOn(): Promise<void> {
    this.#read.push(...(await this.#cursorsAfter(this.#last)));
    this.#last = Number(this.#read.at(-1) ?? 0);
  }

  async #cursorsAfter(last: number): Promise<string[]> {
    const text = 'select cursor from ops.change where cursor > $1 order by cursor';
    const { rows } = await this.#sessions.query<{ cursor: string }>(text, [last]);
    return rows.map(({ cursor }) => cursor);
  }
}
