/** Settings of the HTTP API: address, access, and limits on readers. */
import { z } from 'zod';

export interface ApiConfig {
  readonly host: string;
  readonly port: number;
  /** `open`: reading needs no key. Only on this machine's loopback. */
  readonly access: (typeof ACCESS_MODES)[number];
  /** Origins whose pages may call the API. */
  readonly corsOrigins: readonly string[];
  /** For each key, or each address without one. */
  readonly requestsPerMinute: number;
  /** Host names that an `open` API accepts in addition to those of this machine. */
  readonly hosts: readonly string[];
  readonly limits: typeof LIMITS;
}

/** For each key, or each address without one. */
const LIMITS = {
  exportsAtOnce: 4,
  /** How long a reader may stall before its answer is cut off. */
  readerPatienceMs: 30_000,
  /** How long an answer may take, time spent waiting for its reader excluded. */
  answerMs: 300_000,
};

const ACCESS_MODES = ['keys', 'open'] as const;
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

export const apiSettings = {
  HOST: z.string().default('127.0.0.1'),
  PORT: whole('a port from 1 to 65535, such as 8080', 1, 65_535).default(8080),
  API_ACCESS: z.enum(ACCESS_MODES, { error: `write one of ${ACCESS_MODES.join(', ')}` }).default('keys'),
  API_HOSTS: list(isHost, 'write host names without ports, such as desk.example, with commas between'),
  API_CORS_ORIGINS: list(isOrigin, 'write origins such as https://desk.example, with commas between'),
  API_REQUESTS_PER_MINUTE: whole('a whole number of requests, such as 600', 1, 1_000_000).default(600),
};

type ApiSettings = z.output<z.ZodObject<typeof apiSettings>>;

export function apiOf(settings: ApiSettings): ApiConfig {
  return {
    host: settings.HOST,
    port: settings.PORT,
    access: settings.API_ACCESS,
    corsOrigins: settings.API_CORS_ORIGINS,
    requestsPerMinute: settings.API_REQUESTS_PER_MINUTE,
    hosts: settings.API_HOSTS,
    limits: LIMITS,
  };
}

export function accessFaults({ HOST, API_ACCESS }: ApiSettings): string[] {
  if (API_ACCESS === 'keys' || LOOPBACK.includes(HOST)) return [];
  return [`API_ACCESS is "${API_ACCESS}": others can reach HOST ${HOST}; write "keys", or HOST=127.0.0.1`];
}

function whole(what: string, min: number, max: number) {
  const error = `write ${what}`;
  return z
    .string()
    .regex(/^\d{1,7}$/, error)
    .transform(Number)
    .refine((value) => value >= min && value <= max, error);
}

/** A comma-separated list; empty when not set. */
function list(isRight: (word: string) => boolean, error: string) {
  return z
    .string()
    .transform((text) => text.split(',').map((word) => word.trim()))
    .refine((words) => words.every(isRight), error)
    .default([]);
}

function isHost(text: string): boolean {
  return URL.canParse(`http://${text}`) && new URL(`http://${text}`).host === text.toLowerCase();
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;
}
