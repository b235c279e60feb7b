/** The settings of `config/config.ts`. Defaults are read from it; meanings are given here, and an unexplained or obsolete setting is an error. */
import { readFile } from 'node:fs/promises';
import { type Environment, LOG_LEVELS, loadConfig } from '../../config/config.ts';
import { ROOT } from '../../config/installation.ts';
import { hasBaseUrl } from '../../config/sources.ts';
import { loadCatalog } from '../../datasets/catalog.ts';
import type { SourceFacts } from '../../domain/dataset/facts.ts';
import type { Setting as SourceSetting } from '../../domain/dataset/settings.ts';
import { code, page, table } from './markdown.ts';

interface Setting {
  readonly meaning: string;
  readonly default: string;
}

/** A name with an underscore, as settings have. */
const NAME = /\b[A-Z]+(?:_[A-Z]+)+\b/g;
/** Declared names, and imported ones, in braces. */
const CONSTANT = /\bconst ([A-Z_]+)\b/g;
const IMPORTED = /^import \{[^}]*\}/gm;

export async function settingsPage(): Promise<string> {
  const { sources } = await loadCatalog();
  const settings = settingsOf(sources);
  await assertExplained(Object.keys(settings));
  const rows = Object.entries(settings).map(([name, is]) => [code(name), is.meaning, is.default]);
  return page(
    'Settings',
    'Environment variables. Every process reads them at start and names all wrong ones at once. A setting that is ' +
      'not set takes the value that `npm start` is running with in this clone, else its default. An empty one is not set.',
    table(['name', 'meaning', 'default'], rows),
    'Requests to sources honour `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`.',
  );
}

function settingsOf(sources: readonly SourceFacts[]): Record<string, Setting> {
  // A clean environment: independent of the caller's, and of what runs on this machine.
  const nowhere: Environment = { TIDEMARK_STATE_DIR: '/nowhere', DATABASE_URL: 'postgres://nowhere' };
  const { logLevel, temporal, temporalUiUrl, baseUrls, api } = loadConfig(sources, {}, nowhere);
  return {
    DATABASE_URL: {
      meaning:
        'PostgreSQL with TimescaleDB, as `postgres://user:password@host:5432/database`. The user must be a member of the ' +
        'roles `tidemark_owner`, `tidemark_writer`, `tidemark_reader` and `tidemark_api`, or of those that the process ' +
        '[needs](../security.md#roles); `npm run migrate` makes them where it may. TLS by [`sslmode`](../security.md#tls-to-postgresql)',
      default: 'none: `npm start` provides one',
    },
    TEMPORAL_ADDRESS: { meaning: 'Temporal server, as `host:port`', default: code(temporal.address) },
    TEMPORAL_NAMESPACE: { meaning: 'Its namespace', default: code(temporal.namespace) },
    TEMPORAL_API_KEY: { meaning: 'API key of Temporal Cloud', default: 'none' },
    TEMPORAL_API_KEY_FILE: {
      meaning: 'File with that key, read anew when it changes, instead of `TEMPORAL_API_KEY`',
      default: 'none',
    },
    TIDEMARK_PAYLOAD_CODECS: {
      meaning:
        'ES module, as an absolute path, whose [payload codecs](../operations.md#payload-codecs) everything for Temporal passes through; the ' +
        'same for every process',
      default: 'none: Temporal keeps JSON',
    },
    'TEMPORAL_TLS_*': {
      meaning:
        'TLS and client certificates, by the names of [Temporal’s own settings](../security.md#tls-to-temporal)',
      default: 'none',
    },
    TEMPORAL_PROFILE: { meaning: "Profile of Temporal's own configuration file", default: '`default`' },
    TEMPORAL_UI_URL: {
      meaning: 'Where people open workflows; links are made from it',
      default: `a thousand ports above the server (${code(temporalUiUrl)}), or Temporal Cloud's`,
    },
    ...Object.fromEntries(
      sources.filter(hasBaseUrl).map(({ id, title, baseUrl }) => [
        baseUrl.setting,
        {
          meaning: `Base URL of ${title}: what stands before the path of a request`,
          default: code(baseUrls.get(id) ?? ''),
        },
      ]),
    ),
    TIDEMARK_DATASETS: {
      meaning:
        'Folders and installed packages with [datasets of your own](../datasets.md#datasets-of-your-own-without-a-fork), with commas between; the same for every process',
      default: 'none',
    },
    TIDEMARK_ENABLED: {
      meaning:
        'Which datasets this installation runs: ids and patterns such as `jao-core.*`, with commas between. Where it is set it is the ' +
        'whole truth: it is applied when `migrate` or a worker starts, and `tidemark enable` is refused. Set it alike for `migrate` and workers',
      default: 'none: people decide, with `tidemark enable`',
    },
    TIDEMARK_FILES: {
      meaning:
        'Folder of files that `tidemark load` had to unpack, download or read from standard input, as an absolute path that all ' +
        'workers and the command can read and write. Rebuilds read them again: it belongs to the backup',
      default: '`files` in the folder of local state',
    },
    ...Object.fromEntries(sources.flatMap(({ settings = {} }) => Object.entries(settings).map(explained))),
    HOST: {
      meaning: 'Address that the HTTP API listens on; `0.0.0.0` is reached from elsewhere',
      default: code(api.host),
    },
    PORT: {
      meaning: 'Its port; `npm start` takes another when this one is taken',
      default: code(String(api.port)),
    },
    API_ACCESS: {
      meaning: '`keys`: everything needs a key · `open`: reading needs none, on a loopback `HOST` only',
      default: `${code(api.access)}; \`npm start\`: \`open\``,
    },
    API_CORS_ORIGINS: {
      meaning: 'Origins whose pages may call the API, with commas between',
      default: 'none',
    },
    API_REQUESTS_PER_MINUTE: {
      meaning: 'Requests that a key, or an address without one, may make in a minute',
      default: code(String(api.requestsPerMinute)),
    },
    API_HOSTS: {
      meaning:
        'Hosts that an API with `API_ACCESS=open` answers for, beside `localhost`, `127.0.0.1`, `[::1]` and the name of the ' +
        'machine; without ports, with commas between',
      default: 'none',
    },
    ...NOTIFICATIONS,
    ...TRACES,
    ...SIGN_ON,
    LOG_LEVEL: {
      meaning: `What workers and the API log: ${LOG_LEVELS.map(code).join(', ')}`,
      default: code(logLevel),
    },
    TIDEMARK_STATE_DIR: {
      meaning:
        'Where `npm start` keeps its servers, data and logs, and where the others look for what it runs',
      default: '`.tidemark` in the clone',
    },
  };
}

function explained([name, setting]: [string, SourceSetting]): [string, Setting] {
  return [name, { meaning: setting.meaning, default: setting.default ? code(setting.default) : 'none' }];
}

const TRACES: Record<string, Setting> = {
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    meaning:
      'Collector that [traces](../operations.md#traces) are sent to, over OTLP, as `http://host:4318`; headers, time-outs and names by ' +
      "OpenTelemetry's own `OTEL_…` settings",
    default: 'none: nothing is traced',
  },
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: {
    meaning: 'The same as a whole URL, with its path',
    default: 'the endpoint, with `/v1/traces`',
  },
};

const SIGN_ON: Record<string, Setting> = {
  OIDC_ISSUER: {
    meaning:
      'Provider of [single sign-on](../security.md#single-sign-on), as the https URL below which it describes itself (`/.well-known/openid-configuration`); needs the three below and PAGE_URL',
    default: 'none: there are keys alone',
  },
  OIDC_CLIENT_ID: { meaning: 'The id under which the provider knows this API', default: 'none' },
  OIDC_CLIENT_SECRET: {
    meaning:
      'The secret that the provider made for it; never stored, shown or logged. Sessions end when it changes',
    default: 'none',
  },
  OIDC_ROLES: {
    meaning:
      'Who may what: `reader=traders,operator=data-desk,admin=platform`, each a role and a value of the claim',
    default: 'none',
  },
  OIDC_ROLES_CLAIM: {
    meaning: 'The claim with what a person is: `groups`, or nested, `realm_access.roles`',
    default: '`roles`',
  },
  OIDC_AUDIENCE: {
    meaning: 'What tokens that are sent to the API are meant for, beside OIDC_CLIENT_ID',
    default: 'none',
  },
  OIDC_SCOPES: { meaning: 'What is asked of the provider', default: '`openid profile email`' },
};

const NOTIFICATIONS: Record<string, Setting> = {
  NOTIFY_PRIVATE_ADDRESSES: {
    meaning: '`allow`: receivers of notifications may stand inside private networks · `refuse`: they may not',
    default: '`refuse`',
  },
  NOTIFY_SMTP_URL: {
    meaning:
      'Mail server for notifications, as `smtp://user:password@host:587`; for workers, and for the API, which reports what no worker can',
    default: 'none: no mail',
  },
  NOTIFY_RUN_BOOKS: {
    meaning:
      'What stands before `docs/recipes.md#…` in messages, so that a run-book is a link: where you keep the files of this project, such as `https://git.example/tidemark/blob/main/`',
    default: 'none: the path in this project',
  },
  PAGE_URL: {
    meaning:
      'Where people open the page, such as `https://tidemark.example`; messages link from it to the day they are about, and the day to its runs',
    default: 'none; `npm start` sets its own',
  },
  NOTIFY_MAIL_FROM: { meaning: 'Mailbox that mail comes from', default: 'none' },
  WORKER_HEALTH_ADDRESS: {
    meaning: 'Where a worker answers `/healthz` and `/readyz`, as `host:port`',
    default: 'none: it does not',
  },
  WORKER_DEPLOYMENT: {
    meaning:
      'Name of the [worker deployment](../operations.md#versions-of-workers) in Temporal whose version a worker is; the version is the hash of ' +
      'its workflow code',
    default: 'none: workers have no versions',
  },
  WORKER_METRICS_ADDRESS: {
    meaning: "Where a worker serves the figures of Temporal's runtime, as `host:port`",
    default: 'none: it does not',
  },
};

/** @throws Error that names the settings of config/config.ts and config/api.ts that are not on the page. */
async function assertExplained(names: readonly string[]): Promise<void> {
  const files = [
    'config/config.ts',
    'config/api.ts',
    'config/notify.ts',
    'config/tracing.ts',
    'config/signon.ts',
  ].map((file) => readFile(ROOT + file, 'utf8'));
  const text = (await Promise.all(files)).join('\n');
  const imports = [...text.matchAll(IMPORTED)].join('\n');
  const constants = new Set([
    ...[...text.matchAll(CONSTANT)].map(([, name]) => name),
    ...[...imports.matchAll(NAME)].map(([name]) => name),
  ]);
  const used = new Set([...text.matchAll(NAME)].map(([name]) => name).filter((name) => !constants.has(name)));
  const missing = [...used].filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`scripts/docs/settings.ts does not explain ${missing.join(', ')}`);
}
