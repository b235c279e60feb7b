/** What routes work with. Made by `main.ts`, and by tests. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Catalog } from '../datasets/catalog.ts';
import type { Database } from '../db/connection/client.ts';
import type { Temporal } from '../temporal/connection.ts';
import type { Exporter } from './exports/exports.ts';
import type { SignOn } from './signon/sign-on.ts';

export interface ApiDependencies {
  /** As `openApiDatabase()` opens it. */
  readonly database: Database;
  readonly catalog: Catalog;
  /** Connected when an operator call first needs it. */
  temporal(): Promise<Temporal>;
  /** The page of a run in the Temporal Web UI. */
  workflowLink(workflowId: string, runId?: string): string;
  /** `open`: reading needs no key, for local mode · `keys`: everything needs one. */
  readonly access: 'keys' | 'open';
  /** Origins whose pages may call the API; none: only its own. */
  readonly corsOrigins: readonly string[];
  /** Requests that a key, or an address without one, may make in a minute. */
  readonly requestsPerMinute: number;
  readonly limits: ReadingLimits;
  /** Where exports are answered; left out: here. */
  readonly exporter?: Exporter;
  /** With `open` access: the hosts by which this machine may be called, beside its own names. */
  readonly hosts: readonly string[];
  readonly now: () => Date;
  /** Left out: there are keys alone. */
  readonly signOn?: SignOn;
  /** Adds hooks that make spans; left out: requests are not traced. */
  readonly traceRequests?: (api: FastifyInstance) => void;
}

/** What readers may take of the database. */
export interface ReadingLimits {
  /** Exports that a key, or an address without one, may have at once. */
  readonly exportsAtOnce: number;
  /** How long the reader of an answer may take nothing of it, milliseconds. */
  readonly readerPatienceMs: number;
  /** How long an answer may take, the time that its reader takes not counted, milliseconds. */
  readonly answerMs: number;
}

/** The application as routes see it. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;
