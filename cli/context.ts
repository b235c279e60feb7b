/** The context of a verb: catalogue, settings, connections opened on first use, and output. */

import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { type Config, type Environment, loadConfig } from '../config/config.ts';
import { datasetPlaces } from '../config/datasets.ts';
import { loadTracing } from '../config/tracing/load.ts';
import type { Tracing } from '../config/tracing/tracing.ts';
import { tracesUrl } from '../config/tracing.ts';
import { type Catalog, loadCatalog } from '../datasets/catalog.ts';
import { type Database, openDatabase, type Role } from '../db/connection/client.ts';
import { catalogIsSimulated } from '../db/queries/catalog/instance.ts';
import type { Temporal } from '../temporal/connection.ts';
import { workflowLink } from '../temporal/links.ts';

export interface Io {
  readonly env: Environment;
  /** Where relative paths begin. */
  readonly folder: string;
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
}

/** Where text goes, and whether that is a terminal of which width. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** Runs what a verb does with a context that is closed afterwards; what it returns is the exit code. */
export type Run = (
  json: boolean | undefined,
  action: (context: CliContext) => Promise<number>,
) => Promise<void>;

export class CliContext {
  readonly catalog: Catalog;
  readonly json: boolean;
  readonly io: Io;
  readonly #databases = new Map<Role, Database>();
  #temporal: Promise<Temporal> | undefined;
  #config: Config | undefined;

  readonly #tracing: Tracing | undefined;

  private constructor(catalog: Catalog, json: boolean, io: Io, tracing?: Tracing) {
    this.#tracing = tracing;
    this.catalog = catalog;
    this.json = json;
    this.io = io;
  }

  static async open(json: boolean, io: Io): Promise<CliContext> {
    const catalog = await loadCatalog(datasetPlaces(io.env));
    const tracing = await loadTracing(tracesUrl(io.env), { service: 'tidemark', warn: () => undefined });
    return new CliContext(catalog, json, io, tracing);
  }

  /** The work as a span of this name, where traces are sent. */
  inSpan(name: string, work: () => Promise<number>): Promise<number> {
    return this.#tracing ? this.#tracing.inSpan(name, work) : work();
  }

  /** Folders and packages with datasets beside the bundled ones. */
  get datasetPlaces(): readonly string[] {
    return datasetPlaces(this.io.env);
  }

  /** For verbs that use servers. @throws Error that names all wrong settings at once */
  get config(): Config {
    this.#config ??= loadConfig(this.catalog.sources, {}, this.io.env);
    return this.#config;
  }

  /** A pool in a role; operators use the writer, because readers have no access to the ledger. */
  database(role: Role = 'tidemark_writer'): Database {
    let database = this.#databases.get(role);
    if (!database) {
      database = openDatabase({
        url: this.config.databaseUrl,
        role,
        application: 'tidemark cli',
        maxConnections: 4,
        session: { TimeZone: 'UTC' },
      });
      this.#databases.set(role, database);
    }
    return database;
  }

  /** One connection, shared by concurrent callers. */
  temporal(): Promise<Temporal> {
    // Imported only when needed: it takes half a second.
    this.#temporal ??= import('../temporal/connection.ts').then(({ connectTemporal }) =>
      connectTemporal(this.config.temporal, this.#tracing?.client),
    );
    return this.#temporal;
  }

  link(workflowId: string, runId?: string): string {
    return workflowLink(this.config.temporalUiUrl, this.config.temporal.namespace, workflowId, runId);
  }

  /** Prints the result on standard output: JSON, or the text for people. */
  print(result: unknown, text: () => string): void {
    this.printLine(this.json ? JSON.stringify(result, null, 2) : text());
  }

  /** A line of the result. */
  printLine(text: string): void {
    this.io.stdout.write(`${text}\n`);
  }

  /** Writes a part of a long result, with back-pressure. */
  async write(part: string | Uint8Array): Promise<void> {
    if (!this.io.stdout.write(part)) await once(this.io.stdout, 'drain');
  }

  /** A note for people on standard error; none with --json. */
  note(text: string): void {
    if (!this.json) this.warn(text);
  }

  /** A warning on standard error, with --json too. */
  warn(text: string): void {
    this.io.stderr.write(`${text}\n`);
  }

  /** Warns first of all, with --json too, that the data is simulated. @param dataset null: that of any dataset. */
  async noteSimulated(dataset: string | null, role?: Role): Promise<boolean> {
    const simulated = await catalogIsSimulated(this.database(role), dataset);
    if (simulated) this.warn('SIMULATED DATA: made by the bundled simulator, not by the publisher.');
    return simulated;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#databases.values()].map((database) => database.end()));
    await this.#temporal?.then(
      (temporal) => temporal.close(),
      () => undefined,
    );
    await this.#tracing?.stop();
  }
}
