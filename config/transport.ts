/**
 * Settings that decide how connections are protected. Values that the drivers would silently treat as a weaker setting (a
 * mistyped name, an invalid boolean) are refused here. Faults are sentences with a hint; none shows a password or a key.
 */
import { accessSync, constants, readFileSync, statSync } from 'node:fs';

type Settings = Readonly<Record<string, string | undefined>>;

/** docs/security.md says how the driver treats them. `prefer` and `allow` are left out: the driver is stricter than their names. */
const SSL_MODES = ['disable', 'no-verify', 'require', 'verify-ca', 'verify-full'];
const SSL_FILES = ['sslrootcert', 'sslcert', 'sslkey'];
const SSL_OTHERS = ['ssl', 'sslmode', 'sslnegotiation'];

/** The variables that the HTTP client reads; values may contain a password. */
const PROXIES = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'];

export function proxyFaults(settings: Settings): string[] {
  return PROXIES.filter((name) => settings[name] !== undefined && !isHttp(settings[name])).map(
    (name) => `${name} is wrong: write a URL such as http://proxy.example:3128`,
  );
}

function isHttp(text = ''): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** @param url a URL that can be parsed. */
export function databaseFaults(url: string): string[] {
  const parameters = new URL(url).searchParams;
  const faults: string[] = [];
  const mode = parameters.get('sslmode');
  if (mode !== null && !SSL_MODES.includes(mode)) {
    faults.push(`DATABASE_URL has sslmode=${mode}: write verify-full, or disable where nobody can listen`);
  }
  for (const name of new Set(parameters.keys())) {
    if (!/^ssl/i.test(name) || SSL_FILES.includes(name) || SSL_OTHERS.includes(name)) continue;
    faults.push(`DATABASE_URL has ${name}, which nothing reads: write ${SSL_FILES.join(', ')} or sslmode`);
  }
  for (const name of SSL_FILES) {
    const path = parameters.get(name);
    const reason = path === null ? undefined : whyUnreadable(path);
    if (reason === undefined) continue;
    faults.push(`DATABASE_URL has ${name}=${path}, which cannot be read (${reason}): ${FILE_CURE}`);
  }
  return faults;
}

const FILE_CURE =
  'write the path of a PEM file; without sslrootcert the CAs count that Node trusts (NODE_EXTRA_CA_CERTS adds one)';

const TEMPORAL_FILES = ['CLIENT_CERT', 'CLIENT_KEY', 'SERVER_CA_CERT'].map(
  (name) => `TEMPORAL_TLS_${name}_PATH`,
);
const BOOLEANS = ['1', 'true', '0', 'false'];

export function temporalFaults(settings: Settings): string[] {
  const faults: string[] = [];
  const { TEMPORAL_TLS } = settings;
  // The SDK treats anything but "1" and "true" as false.
  if (TEMPORAL_TLS !== undefined && !BOOLEANS.includes(TEMPORAL_TLS)) {
    faults.push(`TEMPORAL_TLS is "${TEMPORAL_TLS}": write true or false`);
  }
  if (settings.TEMPORAL_TLS_DISABLE_HOST_VERIFICATION) {
    faults.push(
      'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION is set, which nothing reads: give the server a right certificate, or write ' +
        'the name that stands in it to TEMPORAL_TLS_SERVER_NAME',
    );
  }
  for (const name of TEMPORAL_FILES) {
    const path = settings[name];
    const reason = path === undefined ? undefined : whyUnreadable(path);
    if (reason !== undefined)
      faults.push(`${name} is "${path}", which cannot be read (${reason}): write the path of a PEM file`);
  }
  const [certificate, key] = ['CERT', 'KEY'].map(
    (part) => settings[`TEMPORAL_TLS_CLIENT_${part}_PATH`] ?? settings[`TEMPORAL_TLS_CLIENT_${part}_DATA`],
  );
  // The SDK would silently ignore both.
  if ((certificate === undefined) !== (key === undefined)) {
    const [missing, given] = certificate === undefined ? ['CERT', 'KEY'] : ['KEY', 'CERT'];
    faults.push(
      `TEMPORAL_TLS_CLIENT_${missing}_PATH is not set, TEMPORAL_TLS_CLIENT_${given}_* is: a client certificate needs both`,
    );
  }
  return [...faults, ...headerFaults(settings), ...keyFileFaults(settings)];
}

const HEADER = /^[\x21-\x7e]+( [\x21-\x7e]+)*$/;

/** Values sent as headers: with a line break, as at the end of a file, the key would be quoted in the error. */
function headerFaults(settings: Settings): string[] {
  return Object.entries(settings)
    .filter(([name]) => name === 'TEMPORAL_API_KEY' || name.startsWith('TEMPORAL_GRPC_META_'))
    .filter(([, value = '']) => !HEADER.test(value))
    .map(
      ([name]) => `${name} is wrong: write it without line breaks, blanks around it and letters beyond ASCII`,
    );
}

function keyFileFaults({ TEMPORAL_API_KEY_FILE: path, TEMPORAL_API_KEY }: Settings): string[] {
  if (path === undefined) return [];
  if (TEMPORAL_API_KEY !== undefined)
    return ['TEMPORAL_API_KEY_FILE and TEMPORAL_API_KEY are both set: keep one of them'];
  const reason = whyUnreadable(path);
  if (reason !== undefined)
    return [
      `TEMPORAL_API_KEY_FILE is "${path}", which cannot be read (${reason}): write the path of a file with the key`,
    ];
  if (keyInFile(path)() !== '') return [];
  return [
    `TEMPORAL_API_KEY_FILE is "${path}", which has no key in it: write the key there, as its only line`,
  ];
}

/** Reads the key from its file on each call, so that it can be renewed without a restart. */
export function keyInFile(path: string): () => string {
  let known = '';
  let readMs = Number.NaN;
  return () => {
    try {
      const { mtimeMs } = statSync(path);
      if (mtimeMs === readMs) return known;
      const key = readFileSync(path, 'utf8').trim();
      if (HEADER.test(key)) known = key;
      readMs = mtimeMs;
    } catch {
      // The file may be missing for a moment while it is replaced: the previous key is used.
    }
    return known;
  };
}

function whyUnreadable(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}
