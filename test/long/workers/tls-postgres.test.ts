/** Does TLS to PostgreSQL hold what DATABASE_URL says, and is it said what to change where it does not? */
import { chmodSync, chownSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../../db/connection/client.ts';
import { isPassingStorageFailure } from '../../../db/connection/failure.ts';
import { migrate } from '../../../db/migration/migrate.ts';
import type { RunningPostgres } from '../../../scripts/start/postgres/postgres-server.ts';
import { type Authority, createAuthority, type Pair } from '../../support/certificates.ts';
import { tidemark } from '../../support/command.ts';
import { type Bench, PREPARATION_LIMIT_MS, setUpBench } from '../../support/start/servers.ts';

let bench: Bench;
let plain: RunningPostgres;
let secure: RunningPostgres;
let ours: Authority;
let others: Authority;
let client: Pair;

beforeAll(async () => {
  bench = await setUpBench();
  [ours, others] = [createAuthority('ours'), createAuthority('others')];
  client = ours.issue('trader', 'DNS:trader');
  const { certificate, key } = ours.issue('server', 'IP:127.0.0.1');
  plain = await bench.postgres({ dataDir: join(bench.dir, 'plain') });
  secure = await bench.postgres({
    dataDir: join(bench.dir, 'secure'),
    settings: {
      ssl: 'on',
      ssl_cert_file: readable(certificate, 'server.pem'),
      ssl_key_file: readable(key, 'server.key'),
      ssl_ca_file: readable(ours.ca, 'ca.pem'),
    },
  });
}, PREPARATION_LIMIT_MS);
afterAll(async () => {
  await bench.clear();
  ours.remove();
  others.remove();
});

/** A copy that PostgreSQL's account may read, and nobody else. */
function readable(file: string, name: string): string {
  const copy = join(bench.dir, name);
  copyFileSync(file, copy);
  chmodSync(copy, 0o600);
  const { account } = bench.place;
  if (account) chownSync(copy, account.uid, account.gid);
  return copy;
}

function urlOf(
  { adminUrl }: RunningPostgres,
  tls: Readonly<Record<string, string>>,
  host = '127.0.0.1',
): string {
  const url = new URL(adminUrl);
  url.hostname = host;
  for (const [name, value] of Object.entries(tls)) url.searchParams.set(name, value);
  return url.href;
}

/** How the server sees the session: its TLS, or why there is none. */
async function session(url: string): Promise<string> {
  const database = openDatabase({ url, application: 'test', maxConnections: 1 });
  try {
    const { rows } = await database.query('select version from pg_stat_ssl where pid = pg_backend_pid()');
    return rows[0]?.version ?? 'no TLS';
  } catch (error) {
    expect(isPassingStorageFailure(error)).toBe(true);
    return (error as Error).message;
  } finally {
    await database.end();
  }
}

const FULL = 'verify-full';

test('verify-full with the right CA', async () => {
  expect(await session(urlOf(secure, { sslmode: FULL, sslrootcert: ours.ca }))).toMatch(/^TLSv1\.[23]$/);
  expect(await session(urlOf(secure, { sslmode: 'disable' }))).toBe('no TLS');
});

test('verify-full with another CA, and with those that Node trusts', async () => {
  const hint =
    /^the certificate of the database server is not from a CA that is trusted here \(.+\): write sslrootcert=<PEM file of its CA> to DATABASE_URL$/;
  expect(await session(urlOf(secure, { sslmode: FULL, sslrootcert: others.ca }))).toMatch(hint);
  expect(await session(urlOf(secure, { sslmode: FULL }))).toMatch(hint);
});

test('verify-full of a host that the certificate does not name', async () => {
  expect(await session(urlOf(secure, { sslmode: FULL, sslrootcert: ours.ca }, 'localhost'))).toMatch(
    /^the certificate of the database server is for another name \(.+\): write the host in DATABASE_URL as the certificate has it$/,
  );
});

test('verify-full where the server has no TLS', async () => {
  expect(await session(urlOf(plain, { sslmode: FULL, sslrootcert: ours.ca }))).toBe(
    'the database server has no TLS, and DATABASE_URL asks for it (sslmode): switch it on there (ssl = on), or write sslmode=disable where nobody can listen',
  );
});

test('a server that wants TLS and a client certificate', async () => {
  const admin = openDatabase({
    url: urlOf(secure, { sslmode: 'disable' }),
    application: 'test',
    maxConnections: 1,
  });
  const tls = { sslmode: FULL, sslrootcert: ours.ca };
  const rule = 'hostssl all all 127.0.0.1/32 scram-sha-256 clientcert=verify-ca\n';
  writeFileSync(join(bench.dir, 'secure', 'pg_hba.conf'), rule);
  await admin.query('select pg_reload_conf()');
  await admin.end();
  await expect
    .poll(() => session(secure.adminUrl))
    .toMatch(
      /^the database server wants TLS, or does not know this machine \(.+no encryption\): write sslmode=verify-full to DATABASE_URL$/,
    );
  expect(await session(urlOf(secure, tls))).toMatch(
    /^the database server wants a client certificate \(.+\): write sslcert and sslkey to DATABASE_URL$/,
  );
  const certified = { ...tls, sslcert: client.certificate, sslkey: client.key };
  expect(await session(urlOf(secure, certified))).toMatch(/^TLSv1/);
  // Whoever connects by another way than the pool gets the same.
  await expect(migrate(urlOf(secure, tls))).rejects.toThrow('write sslcert and sslkey');
  expect(await migrate(urlOf(secure, certified))).toContain('0001_roles');
  const ran = await tidemark(
    { DATABASE_URL: urlOf(secure, { sslmode: FULL }), TEMPORAL_ADDRESS: '127.0.0.1:9' },
    'status',
  );
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toMatch(/^tidemark: the certificate of the database server is not from a CA/);
});
