/**
 * Do clients and workers reach a Temporal server by TLS as the TEMPORAL_* settings say, with and without client
 * certificates, and is it said what to change where they do not? The server of development speaks no TLS, so something
 * that does stands in front of it.
 */
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { createServer, type Server, type TlsOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../activities/dependencies.ts';
import { loadConfig } from '../../../config/config.ts';
import { followClock } from '../../../db/connection/process-clock.ts';
import { connectTemporal } from '../../../temporal/connection.ts';
import { runDay } from '../../../temporal/days.ts';
import { connectWorker } from '../../../workers/connection.ts';
import { createWorker } from '../../../workers/worker.ts';
import { type Authority, createAuthority, type Pair } from '../../support/certificates.ts';
import { type Settings, tidemark } from '../../support/command.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

let testEnv: TestEnvironment;
let ours: Authority;
let others: Authority;
let client: Pair;
let stranger: Pair;
let tls: Front;
let mutual: Front;
let elsewhere: Front;

beforeAll(async () => {
  testEnv = await openTestEnvironment({ simulator: { quotaRequests: 0 } });
  [ours, others] = [createAuthority('ours'), createAuthority('others')];
  client = ours.issue('client', 'DNS:client');
  stranger = others.issue('stranger', 'DNS:stranger');
  const server = ours.issue('server', 'IP:127.0.0.1');
  tls = await front(server);
  mutual = await front(server, { requestCert: true, rejectUnauthorized: true, ca: readFileSync(ours.ca) });
  elsewhere = await front(ours.issue('elsewhere', 'DNS:temporal.example'));
});
afterAll(async () => {
  for (const { server } of [tls, mutual, elsewhere]) server.close();
  await testEnv.close();
  ours.remove();
  others.remove();
});

interface Front {
  readonly address: string;
  readonly server: Server;
}

/** Ends TLS and passes everything on. */
async function front({ certificate, key }: Pair, more: TlsOptions = {}): Promise<Front> {
  const [host, port] = testEnv.temporalAddress.split(':');
  const options = { cert: readFileSync(certificate), key: readFileSync(key), ALPNProtocols: ['h2'], ...more };
  const server = createServer(options, (secure) => {
    const plain = connect(Number(port), host);
    for (const [one, other] of [
      [secure, plain],
      [plain, secure],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
    secure.pipe(plain).pipe(secure);
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

function settingsOf(address: string, settings: Settings) {
  const bare = {
    TIDEMARK_STATE_DIR: '/nowhere',
    TEMPORAL_CONFIG_FILE: '/nowhere',
    DATABASE_URL: testEnv.databaseUrl,
  };
  return loadConfig([], {}, { ...bare, TEMPORAL_ADDRESS: address, ...settings }).temporal;
}

/** What a client and a worker say when they connect. */
async function connectBoth(address: string, settings: Settings): Promise<string[]> {
  const target = settingsOf(address, settings);
  return await Promise.all(
    [connectTemporal(target), connectWorker(target)].map(async (connecting) => {
      try {
        await (await connecting).close();
        return 'connected';
      } catch (error) {
        return (error as Error).message;
      }
    }),
  );
}

const both = (pattern: RegExp) => [expect.stringMatching(pattern), expect.stringMatching(pattern)];
const CONNECTED = ['connected', 'connected'];
const trust = (authority: Authority) => ({ TEMPORAL_TLS_SERVER_CA_CERT_PATH: authority.ca });
const show = ({ certificate, key }: Pair) => ({
  TEMPORAL_TLS_CLIENT_CERT_PATH: certificate,
  TEMPORAL_TLS_CLIENT_KEY_PATH: key,
});

describe('TLS', () => {
  test('with the right CA, as a file and as text', async () => {
    expect(await connectBoth(tls.address, trust(ours))).toEqual(CONNECTED);
    const text = { TEMPORAL_TLS_SERVER_CA_CERT_DATA: readFileSync(ours.ca, 'utf8') };
    expect(await connectBoth(tls.address, text)).toEqual(CONNECTED);
  });

  test('with another CA, and with those that the system trusts', async () => {
    const hint =
      /^the certificate of the Temporal server at 127\.0\.0\.1:\d+ is not from a CA that is trusted here \(.+\): set TEMPORAL_TLS_SERVER_CA_CERT_PATH to the PEM file of its CA$/;
    expect(await connectBoth(tls.address, trust(others))).toEqual(both(hint));
    expect(await connectBoth(tls.address, { TEMPORAL_TLS: 'true' })).toEqual(both(hint));
  });

  test('of a server whose certificate has another name', async () => {
    expect(await connectBoth(elsewhere.address, trust(ours))).toEqual(
      both(
        /^the certificate of the Temporal server at \S+ is for another name \(.+\): set TEMPORAL_TLS_SERVER_NAME to the name in it$/,
      ),
    );
    const name = { TEMPORAL_TLS_SERVER_NAME: 'temporal.example' };
    expect(await connectBoth(elsewhere.address, { ...trust(ours), ...name })).toEqual(CONNECTED);
  });

  test('that the server has not', async () => {
    expect(await connectBoth(testEnv.temporalAddress, trust(ours))).toEqual(
      both(
        /^the Temporal server at \S+ has no TLS \(.+\), and TEMPORAL_TLS or TEMPORAL_API_KEY asks for it: switch it on there, or set TEMPORAL_TLS=false/,
      ),
    );
  });

  test('that the server wants and nobody has set', async () => {
    expect(await connectBoth(tls.address, {})).toEqual(
      both(/^the Temporal server at \S+ wants TLS: set TEMPORAL_TLS=true/),
    );
  });
});

describe('client certificates', () => {
  test('the right one', async () => {
    expect(await connectBoth(mutual.address, { ...trust(ours), ...show(client) })).toEqual(CONNECTED);
  });

  test('none, and one of another CA', async () => {
    const hint =
      /^the Temporal server at \S+ does not accept our client certificate, or wants one \(.+\): set TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH$/;
    expect(await connectBoth(mutual.address, trust(ours))).toEqual(both(hint));
    expect(await connectBoth(mutual.address, { ...trust(ours), ...show(stranger) })).toEqual(both(hint));
  });
});

test('a day is ingested by a worker and asked for by a client, all of it by mutual TLS', async () => {
  const target = settingsOf(mutual.address, { ...trust(ours), ...show(client) });
  const connection = await connectWorker(target);
  const { catalog, database, simulator } = testEnv;
  const baseUrls = new Map(catalog.datasets.map(({ source }) => [source.id, simulator.url]));
  const dependencies = { database, catalog, baseUrls, clock: systemClock };
  const worker = await createWorker({ connection, namespace: target.namespace, dependencies });
  const running = worker.run();
  const temporal = await connectTemporal(target);
  const day = await runDay(temporal, { dataset: DATASET, day: '2026-11-10', wait: false });
  expect(await day.result()).toMatchObject({ state: 'complete' });
  const settings = {
    ...{ DATABASE_URL: testEnv.databaseUrl, TEMPORAL_ADDRESS: mutual.address, JAO_BASE_URL: simulator.url },
    ...{ ...trust(ours), ...show(client) },
  };
  const noted = await followClock(database, { kind: 'worker', datasets: catalog.all }, () => {});
  const doctor = async () => (await tidemark(settings, 'doctor')).stdout;
  await expect.poll(doctor).toMatch(/ok {3}temporal: server[\s\S]*ok {3}workers: 1 at work/);
  await noted.stop();
  worker.shutdown();
  await running;
  await temporal.close();
  await connection.close();
});
