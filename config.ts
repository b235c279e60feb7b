/**
 * Settings: the only reader of the environment. All wrong settings are named at once, with the cure. What `npm start` has
 * running on this machine stands in for settings that are not set, so that `npx tidemark` finds it from another terminal.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import { z } from 'zod';
import { type ApiConfig, accessFaults, apiOf, apiSettings } from './config-api.ts';
import { fileSettings, unpackLimitsOf } from './config-files.ts';
import {
  type HolidayConfig,
  type HolidaySettings,
  holidaySettings,
  holidaysOf,
  isWithoutService,
} from './config-holidays.ts';
import { databaseFaults, proxyFaults, temporalFaults } from './config-transport.ts';
import type { Source } from './domain/dataset/facts.ts';
import type { UnpackLimits } from './domain/files/unpack-limits.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Config {
  /** PostgreSQL URL of a user that is a member of the roles that its process acts as. */
  readonly databaseUrl: string;
  /** From TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_* or a TEMPORAL_PROFILE. */
  readonly temporal: ClientConnectConfig & { readonly namespace: string; readonly address: string };
  /** Where people open workflows, without trailing slash. */
  readonly temporalUiUrl: string;
  /** Base URL by source id, without trailing slash. */
  readonly baseUrls: ReadonlyMap<string, string>;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly api: ApiConfig;
  /** Where unpacked texts of files are kept: a folder that all workers read and write. */
  readonly filesFolder: string;
  /** How large these may be. */
  readonly unpackLimits: UnpackLimits;
  readonly holidays: HolidayConfig;
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;

/** The folder of this installation. */
export const ROOT = fileURLToPath(new URL('.', import.meta.url));

/** Where local mode keeps its state, unless TIDEMARK_STATE_DIR says otherwise. */
export function stateFolder(env: Environment = process.env): string {
  return env.TIDEMARK_STATE_DIR || `${ROOT}.tidemark`;
}

/** What local mode has to know before anything runs: which servers a person brought along. */
export interface GivenSettings {
  readonly databaseUrl: string | undefined;
  readonly temporalAddress: string | undefined;
  /** The base URL of a source, when a person set one. */
  baseUrlOf(source: Source): string | undefined;
}

export function givenSettings(env: Environment = process.env): GivenSettings {
  const { DATABASE_URL, TEMPORAL_ADDRESS } = withoutEmpty(env);
  return {
    databaseUrl: DATABASE_URL,
    temporalAddress: TEMPORAL_ADDRESS,
    baseUrlOf: ({ baseUrl }) => withoutEmpty(env)[baseUrl.setting]?.replace(/\/$/, ''),
  };
}

/**
 * @param overrides settings that count more than the environment's.
 * @throws Error that names every wrong setting, its value and the cure.
 */
export function loadConfig(
  sources: readonly Source[],
  overrides: Readonly<Record<string, string>> = {},
  env: Environment = process.env,
): Config {
  const settings = { ...settingsOfLocalSystem(stateFolder(env)), ...withoutEmpty(env), ...overrides };
  const parsed = schemaFor(sources).safeParse(settings);
  const faults = parsed.success ? [] : parsed.error.issues.map((issue) => describe(issue, settings));
  if (parsed.success)
    faults.push(
      ...databaseFaults(parsed.data.DATABASE_URL),
      ...accessFaults(parsed.data),
      ...holidayFaults(parsed.data),
    );
  faults.push(...proxyFaults(settings));
  const temporal = readTemporal(settings, faults);
  if (!parsed.success || faults.length > 0) throw new Error(`settings:\n  ${faults.join('\n  ')}`);
  const { DATABASE_URL, TEMPORAL_UI_URL, LOG_LEVEL } = parsed.data;
  const urls: Readonly<Record<string, unknown>> = parsed.data;
  return Object.freeze({
    databaseUrl: DATABASE_URL,
    temporal,
    temporalUiUrl: (TEMPORAL_UI_URL ?? uiBeside(temporal.address)).replace(/\/$/, ''),
    baseUrls: new Map(
      sources.map(({ id, baseUrl }) => [id, baseUrlOf(urls[baseUrl.setting], baseUrl.default)]),
    ),
    logLevel: LOG_LEVEL,
    api: apiOf(parsed.data),
    filesFolder: parsed.data.TIDEMARK_FILES ?? `${stateFolder(env)}/files`,
    unpackLimits: unpackLimitsOf(parsed.data),
    holidays: holidaysOf(parsed.data),
  });
}

/** How far files are unpacked, for what needs no servers. @throws Error that names every wrong setting, its value and the cure. */
export function unpackLimits(env: Environment = process.env): UnpackLimits {
  const settings = withoutEmpty(env);
  const parsed = z.object(fileSettings).safeParse(settings);
  if (parsed.success) return unpackLimitsOf(parsed.data);
  throw new Error(
    `settings:\n  ${parsed.error.issues.map((issue) => describe(issue, settings)).join('\n  ')}`,
  );
}

function holidayFaults(settings: HolidaySettings): string[] {
  if (!isWithoutService(settings)) return [];
  const cure =
    'write the URL of the service, such as https://holidays.example/api/v3, or HOLIDAYS_SOURCE=library';
  return [fault('HOLIDAYS_BASE_URL', undefined, cure)];
}

/** What a running `npm start` wrote down; empty when none runs. */
export function settingsOfLocalSystem(folder: string): Record<string, string> {
  const file = `${folder}/running.json`;
  if (!existsSync(file)) return {};
  try {
    const { pid, settings } = JSON.parse(readFileSync(file, 'utf8')) as Running;
    return isAlive(pid) ? settings : {};
  } catch {
    // The reason stays out: it would quote the file, which has a password.
    throw new Error(`${file} is not what "npm start" writes: stop "npm start", remove the file, start again`);
  }
}

interface Running {
  readonly pid: number;
  readonly settings: Record<string, string>;
}

function schemaFor(sources: readonly Source[]) {
  const url = (cure: string) =>
    z
      .url({ protocol: /^https?$/, error: cure })
      .refine(isBare, `${cure}; ${NOTHING_MORE}`)
      .optional();
  const baseUrls = sources.map(
    ({ baseUrl }) => [baseUrl.setting, url(`write a URL such as ${baseUrl.default}`)] as const,
  );
  return z.object({
    ...(Object.fromEntries(baseUrls) as object),
    DATABASE_URL: z
      .url({
        protocol: /^postgres(ql)?$/,
        error: 'write postgres://user:password@host:5432/database, or run "npm start" for a local one',
      })
      .refine(isPercentEncoded, 'write a % in its user or password as %25'),
    TEMPORAL_UI_URL: url('write a URL such as http://localhost:8233'),
    ...fileSettings,
    HOLIDAYS_BASE_URL: url('write a URL such as https://holidays.example/api/v3'),
    ...holidaySettings,
    ...apiSettings,
    LOG_LEVEL: z.enum(LOG_LEVELS, { error: `write one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  });
}

function describe(issue: z.core.$ZodIssue, settings: Environment): string {
  const name = issue.path.join('.');
  return fault(name, settings[name], issue.message);
}

function fault(name: string, value: string | undefined, cure: string): string {
  // Any URL can carry a password or a token, a mistyped one too; such a value stays out of messages.
  const secret = name === 'DATABASE_URL' || name === 'HOLIDAYS_API_KEY' || /[@?#]/.test(value ?? '');
  const shown = value === undefined ? 'is not set' : secret ? 'is wrong' : `is "${value}"`;
  return `${name} ${shown}: ${cure}`;
}

/** These addresses are stored with what they brought, shown and logged. */
const NOTHING_MORE = 'a user, a password, a query or a # has no place in it, because it is stored and shown';

/** True also of what is no such URL: that has been said already. */
function isBare(text: string): boolean {
  if (!URL.canParse(text)) return true;
  const { protocol, username, password } = new URL(text);
  if (!/^https?:$/.test(protocol)) return true;
  return !username && !password && !/[?#]/.test(text);
}

function isPercentEncoded(url: string): boolean {
  try {
    return decodeURIComponent(url) !== '';
  } catch {
    return false;
  }
}

function readTemporal(settings: Record<string, string>, faults: string[]): Config['temporal'] {
  const unsafe = temporalFaults(settings);
  faults.push(...unsafe);
  if (unsafe.length > 0) return { connectionOptions: {}, address: '', namespace: 'default' };
  try {
    const loaded = loadClientConnectConfig({ overrideEnvVars: settings });
    const address = loaded.connectionOptions.address ?? 'localhost:7233';
    if (!ADDRESS.test(address)) {
      faults.push(fault('TEMPORAL_ADDRESS', address, 'write host:port, such as localhost:7233'));
    }
    return { ...loaded, address, namespace: loaded.namespace ?? 'default' };
  } catch (error) {
    // Its first line: further ones quote the configuration file, which may have a key.
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    faults.push(`TEMPORAL_*: ${reason}`);
    return { connectionOptions: {}, address: '', namespace: 'default' };
  }
}

/** `host`, `host:port`; an IPv6 host stands in brackets. */
const ADDRESS = /^(\[[\da-f:.]+\]|[^\s:/@]+)(?::(\d{1,5}))?$/i;

/** The Web UI of a development server stands a thousand ports above its gRPC; Temporal Cloud has one address. */
function uiBeside(address: string): string {
  const [, host = 'localhost', port = '7233'] = ADDRESS.exec(address) ?? [];
  return host.endsWith('.tmprl.cloud') || host.endsWith('.temporal.io')
    ? 'https://cloud.temporal.io'
    : `http://${host}:${Number(port) + 1000}`;
}

function baseUrlOf(setting: unknown, real: string): string {
  return (typeof setting === 'string' ? setting : real).replace(/\/$/, '');
}

function withoutEmpty(env: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value)) as Record<string, string>;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
