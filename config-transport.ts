/**
 * Settings that decide how connections are protected. What the drivers would take silently in a weaker sense (a mistyped
 * name, a boolean that is none) is refused here. Faults are sentences with the hint; none shows a password or a key.
 */
import { accessSync, constants, readFileSync, statSync } from 'node:fs';

type Settings = Readonly<Record<string, string | undefined>>;

/** What the driver makes of them is in docs/security.md. `prefer` and `allow` would sound like less than it does. */
const SSL_MODES = ['disable', 'no-verify', 'require', 'verify-ca', 'verify-full'];
const SSL_FILES = ['sslrootcert', 'sslcert', 'sslkey'];
const SSL_OTHERS = ['ssl', 'sslmode', 'sslnegotiation'];

/** Whose names the HTTP client looks for; values may have a password. */
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
  // The SDK takes anything but "1" and "true" for a no.
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
  // The SDK would leave both out.
  if ((certificate === undefined) !== (key === undefined)) {
    const [missing, given] = certificate === undefined ? ['CERT', 'KEY'] : ['KEY', 'CERT'];
    faults.push(
      `TEMPORAL_TLS_CLIENT_${missing}_PATH is not set, TEMPORAL_TLS_CLIENT_${given}_* is: a client certificate needs both`,
    );
  }
  return [...faults, ...headerFaults(settings), ...keyFileFaults(settings)];
}

const HEADER = /^[\x21-\x7e]+( [\x21-\x7e]+)*$/;

/** Values that travel as headers: a line break in a key, as files end with, would come back in the refusal. */
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

/** The key in a file as it is now: whoever renews it writes another into the file, and nothing has to be started again. */
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
      // It may be away for a moment while it is replaced: the key from before counts.
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
