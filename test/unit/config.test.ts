/** Are settings read once, refused all at once with the hint, and never printed where they are secret? */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Config,
  type Environment,
  givenSettings,
  loadConfig,
  settingsOfLocalSystem,
  stateFolder,
} from '../../config/config.ts';
import { jaoCore } from '../../datasets/jao-core/source.ts';
import { rememberRunning } from '../../scripts/start/state-folder.ts';
import { sampleDataset } from '../support/sample-dataset.ts';

const DATABASE_URL = 'postgres://tidemark:hunter2@db.example/tidemark';
const SOURCES = [jaoCore, sampleDataset().source];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** With no local system and no Temporal configuration file of whoever runs the tests. */
function load(env: Environment, overrides: Record<string, string> = {}): Config {
  const bare = { TIDEMARK_STATE_DIR: folder, TEMPORAL_CONFIG_FILE: join(folder, 'temporal.toml') };
  return loadConfig(SOURCES, overrides, { ...bare, ...env });
}

function refusal(env: Environment): string[] {
  try {
    load(env);
  } catch (error) {
    const [title, ...faults] = (error as Error).message.split('\n  ');
    expect(title).toBe('settings:');
    return faults;
  }
  throw new Error('was accepted');
}

test('traces go where OpenTelemetry would send them, and nowhere unless they are asked for', () => {
  const [base, whole] = ['http://localhost:4318/', 'https://otel.example/spans'];
  expect(load({ DATABASE_URL }).traces).toBeUndefined();
  expect(load({ DATABASE_URL, OTEL_EXPORTER_OTLP_ENDPOINT: base }).traces).toBe(
    'http://localhost:4318/v1/traces',
  );
  const both = { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: whole };
  expect(load({ DATABASE_URL, ...both }).traces).toBe(whole);
  expect(refusal({ DATABASE_URL, OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' })).toEqual([
    'OTEL_EXPORTER_OTLP_ENDPOINT is "localhost:4318": write the URL of a collector that takes OTLP over HTTP, such as http://localhost:4318',
  ]);
});

test('the page is linked to without its last slash', () => {
  const { links } = load({ DATABASE_URL, PAGE_URL: 'https://tidemark.example/' }).notify;
  expect(links?.page).toBe('https://tidemark.example');
});

test('run-books are found below an address, with or without its last slash', () => {
  for (const address of ['https://git.example/tidemark', 'https://git.example/tidemark/'])
    expect(load({ DATABASE_URL, NOTIFY_RUN_BOOKS: address }).notify.links?.runBooks).toBe(
      'https://git.example/tidemark/',
    );
});

describe('settings that are not set', () => {
  test('have the real publisher, a local Temporal server and its Web UI', () => {
    const config = load({ DATABASE_URL });
    expect(config).toMatchObject({
      databaseUrl: DATABASE_URL,
      temporal: { address: 'localhost:7233', namespace: 'default' },
      temporalUiUrl: 'http://localhost:8233',
      logLevel: 'info',
    });
    expect([...config.baseUrls]).toEqual([
      ['jao-core', 'https://publicationtool.jao.eu'],
      ['sample', 'http://localhost'],
    ]);
    expect(Object.isFrozen(config)).toBe(true);
  });

  test('are the same as empty ones, which is how containers leave them out', () => {
    const empty = { TEMPORAL_ADDRESS: '', TEMPORAL_UI_URL: '', JAO_BASE_URL: '', LOG_LEVEL: '' };
    expect(load({ DATABASE_URL, ...empty })).toEqual(load({ DATABASE_URL }));
    expect(refusal({ DATABASE_URL: '' })).toEqual([
      expect.stringMatching(/^DATABASE_URL is not set: .*npm start/),
    ]);
  });
});

describe('settings that are set', () => {
  test('each has its effect; a slash at the end has none', () => {
    const config = load({
      DATABASE_URL: 'postgresql://localhost/x',
      JAO_BASE_URL: 'http://localhost:1/jao/',
      SAMPLE_BASE_URL: ' http://localhost:2 ',
      TEMPORAL_UI_URL: 'https://temporal.example/',
      LOG_LEVEL: 'debug',
      UNKNOWN: 'is nobody’s business',
    });
    expect(config).toMatchObject({ temporalUiUrl: 'https://temporal.example', logLevel: 'debug' });
    expect(Object.fromEntries(config.baseUrls)).toEqual({
      'jao-core': 'http://localhost:1/jao',
      sample: 'http://localhost:2',
    });
  });

  test('overrides count more than the environment', () => {
    const env = { DATABASE_URL, LOG_LEVEL: 'debug', TEMPORAL_ADDRESS: 'one:1' };
    const config = load(env, { LOG_LEVEL: 'error', TEMPORAL_ADDRESS: 'other:2' });
    expect(config).toMatchObject({
      databaseUrl: DATABASE_URL,
      logLevel: 'error',
      temporal: { address: 'other:2' },
    });
  });

  test('what a person brought along is known before anything is checked', () => {
    const given = givenSettings({ DATABASE_URL: '', TEMPORAL_ADDRESS: 'x:1', JAO_BASE_URL: 'http://y/' });
    expect([given.databaseUrl, given.temporalAddress, given.baseUrlOf(jaoCore)]).toEqual([
      undefined,
      'x:1',
      'http://y',
    ]);
  });
});

describe('wrong settings', () => {
  test('are all named at once, each with its value and the hint', () => {
    const faults = refusal({
      JAO_BASE_URL: 'publicationtool.jao.eu',
      SAMPLE_BASE_URL: 'ftp://localhost',
      TEMPORAL_UI_URL: 'here',
      LOG_LEVEL: 'INFO',
      TEMPORAL_ADDRESS: 'http://localhost:7233',
    });
    expect(faults.toSorted()).toEqual([
      'DATABASE_URL is not set: write postgres://user:password@host:5432/database, or run "npm start" for a local one',
      'JAO_BASE_URL is "publicationtool.jao.eu": write a URL such as https://publicationtool.jao.eu',
      'LOG_LEVEL is "INFO": write one of trace, debug, info, warn, error',
      'SAMPLE_BASE_URL is "ftp://localhost": write a URL such as http://localhost',
      'TEMPORAL_ADDRESS is "http://localhost:7233": write host:port, such as localhost:7233',
      'TEMPORAL_UI_URL is "here": write a URL such as http://localhost:8233',
    ]);
  });

  test.each([
    ['DATABASE_URL', 'mysql://tidemark:hunter2@db.example/x'],
    ['DATABASE_URL', 'tidemark:hunter2@db.example/x'],
    ['DATABASE_URL', 'postgres://tidemark:hun/ter2@db.example/x'],
    ['DATABASE_URL', 'postgres://tidemark:hunter2%@db.example/x'],
    ['JAO_BASE_URL', 'ftp://tidemark:hunter2@jao.example'],
    ['TEMPORAL_UI_URL', 'tidemark:hunter2@temporal.example'],
    ['TEMPORAL_ADDRESS', 'http://tidemark:hunter2@temporal.example'],
    ['JAO_BASE_URL', 'https://tidemark:hunter2@jao.example'],
    ['JAO_BASE_URL', 'https://jao.example/?token=hunter2'],
    ['JAO_BASE_URL', 'https://jao.example/#hunter2'],
    ['JAO_BASE_URL', 'jao.example/?token=hunter2'],
    ['TEMPORAL_UI_URL', 'https://:hunter2@temporal.example'],
    ['TEMPORAL_API_KEY', 'hunter2\n'],
    ['HTTPS_PROXY', 'tidemark:hunter2@proxy.example:3128'],
    ['http_proxy', 'http://tidemark:hunter2@[proxy'],
    ['TEMPORAL_GRPC_META_AUTHORIZATION', 'Bearer hunter2\u0001'],
  ])('%s that is %s is named without its password', (name, value) => {
    const [fault, ...others] = refusal({ DATABASE_URL, [name]: value });
    expect(others).toEqual([]);
    expect(fault).toMatch(new RegExp(`^${name} is wrong: write `));
    expect(fault).not.toMatch(/hunter2|ter2/);
  });
});

test('a deployment of workers has a name that Temporal takes', () => {
  expect(load({ DATABASE_URL, WORKER_DEPLOYMENT: 'tidemark-live' }).worker.deployment).toBe('tidemark-live');
  expect(load({ DATABASE_URL }).worker.deployment).toBeUndefined();
  expect(refusal({ DATABASE_URL, WORKER_DEPLOYMENT: 'tide.mark' })).toEqual([
    'WORKER_DEPLOYMENT is "tide.mark": write a name of letters, digits, "_" and "-", such as tidemark',
  ]);
});

describe('Temporal', () => {
  test('an API key, a namespace and TLS, as Temporal Cloud wants them', () => {
    const config = load({
      DATABASE_URL,
      TEMPORAL_ADDRESS: 'quick.a1b2c.tmprl.cloud:7233',
      TEMPORAL_NAMESPACE: 'quick.a1b2c',
      TEMPORAL_API_KEY: 'hunter2',
    });
    expect(config.temporal).toMatchObject({
      address: 'quick.a1b2c.tmprl.cloud:7233',
      namespace: 'quick.a1b2c',
      connectionOptions: { apiKey: 'hunter2', tls: true },
    });
    expect(config.temporalUiUrl).toBe('https://cloud.temporal.io');
  });

  test('an API key in a file is taken from there, and is not in an error', () => {
    const file = join(folder, 'key');
    const env = { DATABASE_URL, TEMPORAL_API_KEY_FILE: file };
    expect(refusal(env)).toEqual([
      expect.stringMatching(/^TEMPORAL_API_KEY_FILE is .* cannot be read \(ENOENT\)/),
    ]);
    writeFileSync(file, 'hunter\u00e92\n');
    expect(refusal(env)).toEqual([
      expect.stringMatching(/^TEMPORAL_API_KEY_FILE is .*, which has no key in it/),
    ]);
    writeFileSync(file, 'hunter2\n');
    expect(load(env).temporal).toMatchObject({ connectionOptions: { apiKey: 'hunter2', tls: true } });
    expect(refusal({ ...env, TEMPORAL_API_KEY: 'hunter3' })).toEqual([
      'TEMPORAL_API_KEY_FILE and TEMPORAL_API_KEY are both set: keep one of them',
    ]);
  });

  test('a profile of the configuration file; the environment counts more', () => {
    const file = join(folder, 'temporal.toml');
    writeFileSync(file, '[profile.there]\naddress = "there:1"\nnamespace = "there"\n');
    const env = { DATABASE_URL, TEMPORAL_PROFILE: 'there', TEMPORAL_ADDRESS: 'elsewhere:2' };
    expect(load(env).temporal).toMatchObject({ address: 'elsewhere:2', namespace: 'there' });
    expect(refusal({ ...env, TEMPORAL_PROFILE: 'nowhere' })).toEqual([
      expect.stringMatching(/^TEMPORAL_\*: .*nowhere/),
    ]);
  });

  test('a broken configuration file is refused without quoting it: it may have a key', () => {
    writeFileSync(join(folder, 'temporal.toml'), '[profile.default\napi_key = "hunter2"\n');
    const [fault = ''] = refusal({ DATABASE_URL });
    expect(fault).toMatch(/^TEMPORAL_\*: .*TOML/);
    expect(fault).not.toContain('hunter2');
  });

  test.each([
    ['localhost', 'http://localhost:8233'],
    ['temporal.example:7000', 'http://temporal.example:8000'],
    ['127.0.0.1:7233', 'http://127.0.0.1:8233'],
    ['[::1]:7233', 'http://[::1]:8233'],
  ])('the Web UI of %s is looked for at %s', (address, url) => {
    expect(load({ DATABASE_URL, TEMPORAL_ADDRESS: address }).temporalUiUrl).toBe(url);
  });

  test.each(['localhost:abc', 'localhost:', '::1', 'two words', 'a:1/b'])('%j is no address', (address) => {
    expect(refusal({ DATABASE_URL, TEMPORAL_ADDRESS: address })).toEqual([
      `TEMPORAL_ADDRESS is "${address}": write host:port, such as localhost:7233`,
    ]);
  });
});

describe('settings of TLS that a driver would read in a weaker sense, or not at all', () => {
  const CURE =
    'write the path of a PEM file; without sslrootcert the CAs count that Node trusts (NODE_EXTRA_CA_CERTS adds one)';

  test.each([
    ['sslmode=verify_full', 'sslmode=verify_full: write verify-full, or disable where nobody can listen'],
    ['sslmode=prefer', 'sslmode=prefer: write verify-full, or disable where nobody can listen'],
    ['sslMode=require', 'sslMode, which nothing reads: write sslrootcert, sslcert, sslkey or sslmode'],
    ['sslca=/x', 'sslca, which nothing reads: write sslrootcert, sslcert, sslkey or sslmode'],
    ['sslrootcert=/nowhere', `sslrootcert=/nowhere, which cannot be read (ENOENT): ${CURE}`],
    ['sslrootcert=system', `sslrootcert=system, which cannot be read (ENOENT): ${CURE}`],
  ])('DATABASE_URL with %s', (query, fault) => {
    expect(refusal({ DATABASE_URL: `${DATABASE_URL}?${query}` })).toEqual([`DATABASE_URL has ${fault}`]);
  });

  test.each(['TRUE', 'yes', 'off'])('TEMPORAL_TLS that is %s', (value) => {
    expect(refusal({ DATABASE_URL, TEMPORAL_TLS: value })).toEqual([
      `TEMPORAL_TLS is "${value}": write true or false`,
    ]);
  });

  test('a client certificate without its key, a key without its certificate, a file that is not there', () => {
    const pair = 'a client certificate needs both';
    expect(refusal({ DATABASE_URL, TEMPORAL_TLS_CLIENT_CERT_DATA: 'x' })).toEqual([
      `TEMPORAL_TLS_CLIENT_KEY_PATH is not set, TEMPORAL_TLS_CLIENT_CERT_* is: ${pair}`,
    ]);
    expect(refusal({ DATABASE_URL, TEMPORAL_TLS_CLIENT_KEY_DATA: 'hunter2' })).toEqual([
      `TEMPORAL_TLS_CLIENT_CERT_PATH is not set, TEMPORAL_TLS_CLIENT_KEY_* is: ${pair}`,
    ]);
    expect(refusal({ DATABASE_URL, TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/nowhere' })).toEqual([
      'TEMPORAL_TLS_SERVER_CA_CERT_PATH is "/nowhere", which cannot be read (ENOENT): write the path of a PEM file',
    ]);
  });

  test('a wish that the SDK has no way to fulfil', () => {
    expect(refusal({ DATABASE_URL, TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: 'true' })).toEqual([
      expect.stringMatching(
        /^TEMPORAL_TLS_DISABLE_HOST_VERIFICATION is set, which nothing reads: .*TEMPORAL_TLS_SERVER_NAME$/,
      ),
    ]);
  });

  test('are taken when they are right', () => {
    const file = join(folder, 'ca.pem');
    writeFileSync(file, 'a certificate');
    const url = `${DATABASE_URL}?sslmode=verify-full&sslrootcert=${encodeURIComponent(file)}`;
    const env = { TEMPORAL_TLS: 'true', TEMPORAL_TLS_SERVER_CA_CERT_PATH: file };
    const config = load({ DATABASE_URL: url, ...env });
    expect(config.databaseUrl).toBe(url);
    const { tls } = config.temporal.connectionOptions;
    const { serverRootCACertificate: ca } = tls as { serverRootCACertificate: Uint8Array };
    expect(Buffer.from(ca).toString()).toBe('a certificate');
  });
});

describe('single sign-on', () => {
  const OIDC = {
    OIDC_ISSUER: 'https://login.example/realms/desk',
    OIDC_CLIENT_ID: 'tidemark',
    OIDC_CLIENT_SECRET: 'sesame-sesame-0123',
    OIDC_ROLES: 'reader=traders, operator=cn=data desk',
    PAGE_URL: 'https://tidemark.example/',
  };

  test('is off unless it is set', () => {
    expect(load({ DATABASE_URL }).signOn).toBeUndefined();
    expect(load({ DATABASE_URL, ...OIDC, OIDC_AUDIENCE: 'api' }).signOn).toEqual({
      issuer: 'https://login.example/realms/desk',
      clientId: 'tidemark',
      clientSecret: 'sesame-sesame-0123',
      audiences: ['tidemark', 'api'],
      scopes: 'openid profile email',
      rolesClaim: 'roles',
      roles: [
        { role: 'reader', value: 'traders' },
        { role: 'operator', value: 'cn=data desk' },
      ],
      sessionMs: 8 * 3_600_000,
      page: 'https://tidemark.example',
    });
  });

  test('wants all that belongs to it, and each by name', () => {
    expect(refusal({ DATABASE_URL, OIDC_ISSUER: OIDC.OIDC_ISSUER })).toEqual([
      expect.stringMatching(/^OIDC_CLIENT_ID is not set: with OIDC_ISSUER, write the id/),
      expect.stringMatching(/^OIDC_CLIENT_SECRET is not set: with OIDC_ISSUER, write the secret/),
      expect.stringMatching(/^OIDC_ROLES is not set: with OIDC_ISSUER, write role=value/),
      expect.stringMatching(/^PAGE_URL is not set: with OIDC_ISSUER, write the https URL/),
    ]);
    expect(refusal({ DATABASE_URL, OIDC_ROLES: 'reader=x' })).toEqual([
      expect.stringMatching(/^OIDC_ISSUER is not set: OIDC_ROLES does nothing without it/),
    ]);
  });

  test.each([
    ['OIDC_ISSUER', 'http://login.example', /^OIDC_ISSUER is "http:\/\/login.example": write the https URL/],
    ['OIDC_ISSUER', 'https://a:hunter2@login.example', /^OIDC_ISSUER is wrong: write the https URL/],
    ['OIDC_CLIENT_SECRET', 'hunter2', /^OIDC_CLIENT_SECRET is wrong: write the secret/],
    [
      'OIDC_ROLES',
      'boss=traders',
      /^OIDC_ROLES is "boss=traders": write role=value .* reader, operator, admin/,
    ],
    ['OIDC_ROLES', 'reader', /^OIDC_ROLES is "reader": write role=value/],
    ['OIDC_SCOPES', 'profile', /^OIDC_SCOPES is "profile": write openid and others/],
    [
      'PAGE_URL',
      'http://tidemark.example',
      /^PAGE_URL is "http:\/\/tidemark.example": with OIDC_ISSUER, write the https URL/,
    ],
  ])('%s=%s is refused, and no secret is shown', (name, value, fault) => {
    const faults = refusal({ DATABASE_URL, ...OIDC, [name]: value });
    expect(faults).toEqual([expect.stringMatching(fault)]);
    expect(faults.join()).not.toContain('hunter2');
  });

  test('a provider and a page on this machine need no TLS', () => {
    const local = { OIDC_ISSUER: 'http://localhost:3000', PAGE_URL: 'http://127.0.0.1:8080' };
    expect(load({ DATABASE_URL, ...OIDC, ...local }).signOn?.page).toBe('http://127.0.0.1:8080');
  });
});

describe('what "npm start" has running', () => {
  const running = { DATABASE_URL, TEMPORAL_ADDRESS: 'localhost:7000', LOG_LEVEL: 'warn' };

  test('stands in for what is not set, and for nothing else', async () => {
    const forget = rememberRunning(folder, running);
    expect(load({ LOG_LEVEL: 'error' })).toMatchObject({
      databaseUrl: DATABASE_URL,
      temporal: { address: 'localhost:7000' },
      temporalUiUrl: 'http://localhost:8000',
      logLevel: 'error',
    });
    await forget();
    expect(refusal({})).toHaveLength(1);
  });

  test('is for its owner to read alone', () => {
    rememberRunning(folder, running);
    expect(statSync(join(folder, 'running.json')).mode & 0o777).toBe(0o600);
  });

  test('counts no more once the process is gone', () => {
    // Beyond the largest process id that Linux gives.
    writeFileSync(join(folder, 'running.json'), JSON.stringify({ pid: 2 ** 22 + 1, settings: running }));
    expect(refusal({})).toEqual([expect.stringMatching(/^DATABASE_URL is not set/)]);
  });

  test.each(['', '{"pid": 1, "settings": {"DATABASE_URL": "postgres://x:hunter2@', 'null'])(
    'a note that is %j is refused with the hint and without its content',
    (note) => {
      const file = join(folder, 'running.json');
      writeFileSync(file, note);
      expect(() => load({ DATABASE_URL })).toThrow(
        `${file} is not what "npm start" writes: stop "npm start", remove the file, start again`,
      );
    },
  );

  test('is not seen by tests', () => {
    expect(process.env.TIDEMARK_STATE_DIR).toBe('/nowhere');
    expect(settingsOfLocalSystem(stateFolder())).toEqual({});
  });

  test('is looked for where the state is', () => {
    expect(stateFolder({ TIDEMARK_STATE_DIR: '/var/lib/tidemark' })).toBe('/var/lib/tidemark');
    expect(stateFolder({})).toMatch(/\/\.tidemark$/);
  });
});
