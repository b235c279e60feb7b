/** Dependencies of the routes. Made by `main.ts`, and by tests. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Catalog } from '../datasets/catalog.ts';
import type { Database } from '../db/connection/client.ts';
import type { SenderSettings } from '../notify/sender.ts';
import type { Temporal } from '../temporal/connection.ts';
import type { Exporter } from './exports.ts';
import type { SignOn } from './signon/sign-on.ts';

export interface ApiDependencies {
  /** As `openApiDatabase()` opens it. */
  readonly database: Database;
  readonly catalog: Catalog;
  /** Connects when an operator call first needs it. */
  temporal(): Promise<Temporal>;
  /** The page of a run in the Temporal Web UI. */
  workflowLink(workflowId: string, runId?: string): string;
  /** `open`: reading needs no key, for local mode · `keys`: every call needs one. */
  readonly access: 'keys' | 'open';
  /** Origins whose pages may call the API; none: only its own. */
  readonly corsOrigins: readonly string[];
  /** Requests that a key, or an address without one, may make in a minute. */
  readonly requestsPerMinute: number;
  readonly limits: ReadingLimits;
  /** Answers exports; left out: this process does. */
  readonly exporter?: Exporter;
  /** With `open` access: host names accepted in addition to this machine's own. */
  readonly hosts: readonly string[];
  readonly now: () => Date;
  /** How receivers of notifications are reached. @default public addresses, and no mail */
  readonly notify?: SenderSettings;
  /** Left out: keys only. */
  readonly signOn?: SignOn;
  /** Adds hooks that make spans; left out: requests are not traced. */
  readonly traceRequests?: (api: FastifyInstance) => void;
}

/** Limits on readers. */
export interface ReadingLimits {
  /** Concurrent exports per key, or per address without a key. */
  readonly exportsAtOnce: number;
  /** How long a reader may stall before its answer is cut off, milliseconds. */
  readonly readerPatienceMs: number;
  /** How long an answer may take, time spent waiting for its reader excluded, milliseconds. */
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
