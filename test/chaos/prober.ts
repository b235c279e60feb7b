/**
 * Asks while others write, keeps the answers, and asks the same again when all is over: an answer for an instant never
 * changes. It asks as readers do, over the HTTP API and in SQL: latest, as of now and of seconds ago, pages, gates, buckets,
 * versions, exports, records, pins.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../../db/connection/client.ts';
import { openSnapshot, type Snapshot as Session } from '../../db/connection/snapshot.ts';
import { storageOf } from '../../db/migration/storage.ts';
import { addDays, type CivilDay } from '../../domain/time/civil-day.ts';

/** What an API answered; undefined body where it was away. */
export interface Reply {
  readonly status: number;
  readonly text: string;
}
export type Ask = (method: 'GET' | 'POST', url: string, body?: object) => Promise<Reply>;

export interface Probed {
  /** A dataset of series, and the days that are written. */
  readonly series: string;
  readonly from: CivilDay;
  readonly days: number;
  readonly gate: string;
  /** A series of it whose versions are asked for. */
  readonly one: string;
  /** A dataset of records. */
  readonly records: string;
  /** How long it waits between two questions, milliseconds. @default 100 */
  readonly everyMs?: number;
}

interface Answer {
  /** What kind of question it was. */
  readonly kind: string;
  /** Asks it again, and gives what must be the same. */
  readonly again: () => Promise<string>;
  readonly text: string;
}

/** What asking again came to. */
export interface ReaderReport {
  /** How often each kind of question was answered. */
  readonly requests: Readonly<Record<string, number>>;
  /** Answers that differ, with the first characters that do. */
  readonly changed: readonly string[];
  /** Pins and questions that were refused. */
  readonly refused: readonly string[];
}

/** How long it waits between two questions: the source of a kill run is simulated in the same process, and must not be late. */
const ASK_EVERY_MS = 100;
/** How often a question without an answer is repeated after the writing; the API may still be coming back. */
const ROUNDS_AFTER = 200;

type Question = () => Promise<void>;

export class Prober {
  readonly #ask: Ask;
  readonly #database: Database;
  readonly #probed: Probed;
  readonly #answers: Answer[] = [];
  readonly #refused: string[] = [];
  #stopped = false;
  #running: Promise<void> = Promise.resolve();

  constructor(ask: Ask, database: Database, probed: Probed) {
    this.#ask = ask;
    this.#database = database;
    this.#probed = probed;
  }

  /** Asks one question after the other until it is stopped. */
  start(): void {
    this.#running = this.#run();
  }

  /** Stops asking, asks everything again, and says what differs. */
  async report(): Promise<ReaderReport> {
    this.#stopped = true;
    await this.#running;
    const changed: string[] = [];
    const requests: Record<string, number> = {};
    for (const { kind, text, again } of this.#answers) {
      requests[kind] = (requests[kind] ?? 0) + 1;
      const now = await again();
      if (now !== text) changed.push(`${kind}: ${differenceOf(text, now)}`);
    }
    return { requests, changed, refused: this.#refused };
  }

  async #run(): Promise<void> {
    const questions: readonly Question[] = [
      ...[0, 1, 5].map((seconds) => () => this.#data({ secondsAgo: seconds })),
      () => this.#data({}),
      () => this.#pages(),
      () => this.#gates(),
      () => this.#buckets(),
      () => this.#export(),
      () => this.#versions(),
      () => this.#records(),
      () => this.#pin(),
      () => this.#sql(),
    ];
    const unanswered = new Set(questions);
    for (let n = 0; !this.#stopped; n++) await this.#question(questions[n % questions.length], unanswered);
    // On a slow machine the writing may be over before each question had an answer: the others are repeated when all is written.
    for (let n = 0; n < ROUNDS_AFTER; n++)
      for (const question of unanswered) await this.#question(question, unanswered);
  }

  /** Asks one question. An answer before the first version is known has no instant to be repeated for, and is not kept. */
  async #question(question: Question | undefined, unanswered: Set<Question>): Promise<void> {
    if (question === undefined) return;
    const before = this.#answers.length;
    await question().catch((error: Error) => this.#keepRefusal(error));
    if (this.#answers.length > before) unanswered.delete(question);
    await delay(this.#probed.everyMs ?? ASK_EVERY_MS);
  }

  /** The API or the database may be away: there is no answer then. A question that is wrong would never have one. */
  #keepRefusal({ message }: Error): void {
    if (message.includes(': 400 ')) this.#refused.push(message);
  }

  #range(): string {
    const { series, from, days } = this.#probed;
    const first = addDays(from, Math.floor(Math.random() * days));
    return `dataset=${series}&from=${first}&to=${addDays(first, 1)}`;
  }

  async #data({ secondsAgo }: { readonly secondsAgo?: number }): Promise<void> {
    const at =
      secondsAgo === undefined ? '' : `&as_of=${new Date(Date.now() - secondsAgo * 1_000).toISOString()}`;
    await this.#remember(
      secondsAgo === undefined ? 'latest' : 'as of',
      `/v1/data?${this.#range()}&limit=100000`,
      at,
    );
  }

  async #gates(): Promise<void> {
    await this.#remember('gate', `/v1/data?${this.#range()}&limit=100000&gate=${this.#probed.gate}`, '');
  }

  async #buckets(): Promise<void> {
    await this.#remember('buckets', `/v1/data/aggregated?${this.#range()}&resolution=day&limit=100000`, '');
  }

  async #records(): Promise<void> {
    await this.#remember('records', `/v1/data?dataset=${this.#probed.records}&limit=10000`, '');
  }

  /** A question whose answer says as of which instant it stands. */
  async #remember(kind: string, url: string, at: string): Promise<void> {
    const { meta, data } = await this.#json(url + at);
    if (meta.as_of === null) return;
    const fixed = `${url}&as_of=${meta.as_of}`;
    this.#answers.push({
      kind,
      text: JSON.stringify(data),
      again: async () => JSON.stringify((await this.#json(fixed)).data),
    });
  }

  /** Small pages of one answer fit together, and are what the whole is. */
  async #pages(): Promise<void> {
    const url = `/v1/data?${this.#range()}`;
    const rows: unknown[] = [];
    let asOf: string | null = null;
    for (let next: string | null = `${url}&limit=1000`; next; ) {
      const page = await this.#json(next);
      asOf ??= page.meta.as_of;
      rows.push(...page.data);
      next = page.next;
    }
    if (asOf === null) return;
    const again = async () => JSON.stringify((await this.#json(`${url}&limit=100000&as_of=${asOf}`)).data);
    this.#answers.push({ kind: 'pages', text: JSON.stringify(rows), again });
  }

  async #export(): Promise<void> {
    const url = `/v1/data?${this.#range()}`;
    const { meta } = await this.#json(`${url}&limit=1`);
    if (meta.as_of === null) return;
    const read = async () => {
      const { status, text } = await this.#ask('GET', `${url}&format=csv&as_of=${meta.as_of}`);
      if (status !== 200) throw new Error(`${status} ${text}`);
      return text;
    };
    this.#answers.push({ kind: 'export', text: await read(), again: read });
  }

  /** What is known of a point grows at its end alone. */
  async #versions(): Promise<void> {
    const { series, from, days, one } = this.#probed;
    const at = `${addDays(from, Math.floor(Math.random() * days))}T12:00:00Z`;
    const upTo = (await this.#settled()).toISOString();
    const read = async () => {
      const { data } = await this.#json(`/v1/versions?dataset=${series}&series=${one}&at=${at}`);
      const then = data.filter(({ known_from }: { known_from: string }) => known_from <= upTo);
      return JSON.stringify(
        then.map((version: { known_to: string | null }) =>
          version.known_to !== null && version.known_to > upTo ? { ...version, known_to: null } : version,
        ),
      );
    };
    this.#answers.push({ kind: 'versions', text: await read(), again: read });
  }

  async #pin(): Promise<void> {
    const [, from, to] = /from=([^&]+)&to=([^&]+)/.exec(this.#range()) ?? [];
    const { status, text } = await this.#ask('POST', '/v1/pins', { dataset: this.#probed.series, from, to });
    // The API or its database is away: it is asked again.
    if (status >= 500) throw new Error(`no pin: ${status}`);
    if (status !== 200 && status !== 201) return;
    const { pin } = JSON.parse(text);
    const read = async () => {
      const answer = await this.#ask('GET', `/v1/data?pin=${pin}&limit=100000`);
      if (answer.status === 409) this.#refused.push(answer.text);
      return answer.text;
    };
    this.#answers.push({ kind: 'pin', text: await read(), again: read });
  }

  /** The latest rows and the settled instant in one snapshot, and the same by the function for the past. */
  async #sql(): Promise<void> {
    const { relation, asOf } = storageOf(this.#probed.series);
    const day = addDays(this.#probed.from, Math.floor(Math.random() * this.#probed.days));
    const rowsOf = async (sql: Pick<Session, 'query'>, from: string, values: unknown[]) => {
      const text = `select series, starts_at, value, known_at from ${from} where delivery_day = $1 order by 1, 2`;
      return JSON.stringify((await sql.query(text, values)).rows);
    };
    const session = await openSnapshot(this.#database);
    try {
      const { rows } = await session.query<{ at: Date }>('select catalog.settled_at() as at');
      const at = rows[0]?.at as Date;
      const text = await rowsOf(session, relation, [day]);
      this.#answers.push({
        kind: 'SQL',
        text,
        again: () => rowsOf(this.#database, `${asOf}($2)`, [day, at]),
      });
    } finally {
      session.release();
    }
  }

  async #settled(): Promise<Date> {
    const { rows } = await this.#database.query<{ at: Date }>('select catalog.settled_at() as at');
    return rows[0]?.at as Date;
  }

  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by hand; their schemas are checked elsewhere
  async #json(url: string): Promise<any> {
    const { status, text } = await this.#ask('GET', url);
    if (status !== 200) throw new Error(`${url}: ${status} ${text.slice(0, 500)}`);
    return JSON.parse(text);
  }
}

function differenceOf(text: string, now: string): string {
  let at = 0;
  while (at < text.length && text[at] === now[at]) at++;
  const around = (whole: string) => whole.slice(Math.max(0, at - 40), at + 40);
  return `was …${around(text)}…, now …${around(now)}…`;
}
