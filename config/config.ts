/**
 * Settings: the only reader of the environment. Reports all wrong settings at once, with hints. Settings that are not set
 * default to what `npm start` has running on this machine, so that `npx tidemark` finds it from another terminal.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import { z } from 'zod';
import type { Source, SourceFacts } from '../domain/dataset/facts.ts';
import type { Settings } from '../domain/dataset/settings.ts';
import type { SignOnSettings } from '../domain/sign-on.ts';
import { type ApiConfig, accessFaults, apiOf, apiSettings } from './api.ts';
import { ROOT } from './installation.ts';
import {
  NOTIFY_SECRETS,
  type NotifyConfig,
  notifyFaults,
  notifyOf,
  notifySettings,
  type WorkerConfig,
  workerOf,
  workerSettings,
} from './notify.ts';
import { SIGN_ON_SECRETS, signOnFaults, signOnOf, signOnSettings } from './signon.ts';
import {
  baseUrlsOf,
  secretSettings,
  settingsOfSource,
  sourceFaults,
  sourceSchemas,
  urlLike,
} from './sources.ts';
import { tracingOf, tracingSettings } from './tracing.ts';
import { databaseFaults, keyInFile, proxyFaults, temporalFaults } from './transport.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Config {
  /** PostgreSQL URL of a user that is a member of the roles that its process acts as. */
  readonly databaseUrl: string;
  /** From TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY(_FILE), TEMPORAL_TLS_* or a TEMPORAL_PROFILE. */
  readonly temporal: ClientConnectConfig & {
    readonly namespace: string;
    readonly address: string;
    /** The key in TEMPORAL_API_KEY_FILE, read anew. */
    readonly apiKey?: () => string;
    /** Path of a module with payload codecs. */
    readonly codecs?: string | undefined;
  };
  /** Where people open workflows, without trailing slash. */
  readonly temporalUiUrl: string;
  /** Base URL by source id, without trailing slash. */
  readonly baseUrls: ReadonlyMap<string, string>;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly api: ApiConfig;
  /** Where unpacked texts of files are kept: a folder that all workers read and write. */
  readonly filesFolder: string;
  /** Settings that sources declare themselves, by source id. */
  readonly sourceSettings: ReadonlyMap<string, Settings>;
  readonly notify: NotifyConfig;
  readonly worker: WorkerConfig;
  /** Where traces are sent; undefined: nothing is traced. */
  readonly traces: string | undefined;
  /** Undefined: keys only. */
  readonly signOn: SignOnSettings | undefined;
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;

/** Where local mode keeps its state: TIDEMARK_STATE_DIR, else the clone, or for an installed package the working folder. */
export function stateFolder(env: Environment = process.env): string {
  return env.TIDEMARK_STATE_DIR || join(import.meta.url.endsWith('.ts') ? ROOT : process.cwd(), '.tidemark');
}

/** What local mode must know before anything runs: which servers the user provides. */
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
 * @param overrides settings that take precedence over the environment.
 * @throws Error that names every wrong setting, its value and the hint.
 */
export function loadConfig(
  sources: readonly SourceFacts[],
  overrides: Readonly<Record<string, string>> = {},
  env: Environment = process.env,
): Config {
  const settings = { ...settingsOfLocalSystem(stateFolder(env)), ...withoutEmpty(env), ...overrides };
  const parsed = schemaFor(sources).safeParse(settings);
  const secrets = ['DATABASE_URL', ...NOTIFY_SECRETS, ...SIGN_ON_SECRETS, ...secretSettings(sources)];
  const faults = parsed.success ? [] : parsed.error.issues.map((issue) => describe(issue, settings, secrets));
  const given = (parsed.data ?? {}) as Settings;
  if (parsed.success)
    faults.push(
      ...databaseFaults(parsed.data.DATABASE_URL),
      ...accessFaults(parsed.data),
      ...notifyFaults(parsed.data),
      ...signOnFaults(parsed.data),
      ...sourceFaults(sources, given).map(({ setting, hint }) => fault(setting, settings[setting], hint)),
    );
  faults.push(...proxyFaults(settings));
  const temporal = readTemporal(settings, faults);
  if (!parsed.success || faults.length > 0) throw new Error(`settings:\n  ${faults.join('\n  ')}`);
  const { DATABASE_URL, TEMPORAL_UI_URL, LOG_LEVEL } = parsed.data;
  return Object.freeze({
    databaseUrl: DATABASE_URL,
    temporal,
    temporalUiUrl: (TEMPORAL_UI_URL ?? uiBeside(temporal.address)).replace(/\/$/, ''),
    baseUrls: baseUrlsOf(sources, given),
    sourceSettings: new Map(sources.map((source) => [source.id, settingsOfSource(source, given)])),
    logLevel: LOG_LEVEL,
    api: apiOf(parsed.data),
    filesFolder: parsed.data.TIDEMARK_FILES ?? `${stateFolder(env)}/files`,
    notify: notifyOf(parsed.data),
    worker: workerOf(parsed.data),
    traces: tracingOf(parsed.data),
    signOn: signOnOf(parsed.data),
  });
}

/** Settings of sources, for commands that need no servers. @throws Error that names every wrong setting, its value and the hint. */
export function sourceConfig(
  sources: readonly SourceFacts[],
  env: Environment = process.env,
): Pick<Config, 'baseUrls' | 'sourceSettings'> {
  const settings = { ...settingsOfLocalSystem(stateFolder(env)), ...withoutEmpty(env) };
  const parsed = z.object(sourceSchemas(sources)).safeParse(settings);
  const secrets = secretSettings(sources);
  const given = (parsed.data ?? {}) as Settings;
  const faults = [
    ...(parsed.success ? [] : parsed.error.issues.map((issue) => describe(issue, settings, secrets))),
    ...(parsed.success ? sourceFaults(sources, given) : []).map(({ setting, hint }) =>
      fault(setting, settings[setting], hint),
    ),
  ];
  if (faults.length > 0) throw new Error(`settings:\n  ${faults.join('\n  ')}`);
  return {
    baseUrls: baseUrlsOf(sources, given),
    sourceSettings: new Map(sources.map((source) => [source.id, settingsOfSource(source, given)])),
  };
}

/** What a running `npm start` wrote down; empty when none runs. */
export function settingsOfLocalSystem(folder: string): Record<string, string> {
  const file = `${folder}/running.json`;
  if (!existsSync(file)) return {};
  try {
    const { pid, settings } = JSON.parse(readFileSync(file, 'utf8')) as Running;
    return isAlive(pid) ? settings : {};
  } catch {
    // Without the cause, which would quote the file and so a password.
    throw new Error(`${file} is not what "npm start" writes: stop "npm start", remove the file, start again`);
  }
}

interface Running {
  readonly pid: number;
  readonly settings: Record<string, string>;
}

function schemaFor(sources: readonly SourceFacts[]) {
  return z.object({
    ...(sourceSchemas(sources) as object),
    DATABASE_URL: z
      .url({
        protocol: /^postgres(ql)?$/,
        error: 'write postgres://user:password@host:5432/database, or run "npm start" for a local one',
      })
      .refine(isPercentEncoded, 'write a % in its user or password as %25'),
    TEMPORAL_UI_URL: urlLike('write a URL such as http://localhost:8233').optional(),
    TIDEMARK_FILES: z.string().regex(/^\//, 'write a path that begins with /').optional(),
    ...apiSettings,
    ...notifySettings,
    ...workerSettings,
    ...tracingSettings,
    ...signOnSettings,
    LOG_LEVEL: z.enum(LOG_LEVELS, { error: `write one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  });
}

function describe(issue: z.core.$ZodIssue, settings: Environment, secrets: readonly string[] = []): string {
  const name = issue.path.join('.');
  return fault(name, settings[name], issue.message, secrets.includes(name));
}

function fault(name: string, value: string | undefined, hint: string, isSecret = false): string {
  // Any URL, even a mistyped one, can contain a password or a token; such a value stays out of messages.
  const hidden = isSecret || /[@?#]/.test(value ?? '');
  const shown = value === undefined ? 'is not set' : hidden ? 'is wrong' : `is "${value}"`;
  return `${name} ${shown}: ${hint}`;
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
    const { TEMPORAL_API_KEY_FILE: keyFile } = settings;
    const apiKey = keyFile === undefined ? undefined : keyInFile(keyFile);
    const given = apiKey ? { ...settings, TEMPORAL_API_KEY: apiKey() } : settings;
    const loaded = loadClientConnectConfig({ overrideEnvVars: given });
    const address = loaded.connectionOptions.address ?? 'localhost:7233';
    if (!ADDRESS.test(address)) {
      faults.push(fault('TEMPORAL_ADDRESS', address, 'write host:port, such as localhost:7233'));
    }
    const { TIDEMARK_PAYLOAD_CODECS: codecs } = settings;
    const namespace = loaded.namespace ?? 'default';
    return { ...loaded, address, namespace, codecs, ...(apiKey ? { apiKey } : {}) };
  } catch (error) {
    // Only the first line: further ones quote the configuration file, which may contain a key.
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    faults.push(`TEMPORAL_*: ${reason}`);
    return { connectionOptions: {}, address: '', namespace: 'default' };
  }
}

/** `host`, `host:port`; an IPv6 host stands in brackets. */
const ADDRESS = /^(\[[\da-f:.]+\]|[^\s:/@]+)(?::(\d{1,5}))?$/i;

/** The Web UI of a development server is 1000 ports above its gRPC port; Temporal Cloud has one address. */
function uiBeside(address: string): string {
  const [, host = 'localhost', port = '7233'] = ADDRESS.exec(address) ?? [];
  return host.endsWith('.tmprl.cloud') || host.endsWith('.temporal.io')
    ? 'https://cloud.temporal.io'
    : `http://${host}:${Number(port) + 1000}`;
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
