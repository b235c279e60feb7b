/** The API key of Temporal Cloud in a file: is the one that is there now sent, by clients and workers, without a new start? */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../../config/config.ts';
import { connectTemporal } from '../../../temporal/connection.ts';
import { connectWorker } from '../../../workers/connection.ts';

/** A message without fields, in gRPC's frame: whatever is asked, nothing in particular is answered. */
const EMPTY = Buffer.alloc(5);

let folder: string;
let server: Http2Server;
let sent: string[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-key-'));
  sent = [];
  server = createServer().listen(0, '127.0.0.1');
  server.on('stream', (stream, { authorization }) => {
    sent.push(authorization ?? 'no key');
    stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' })).end(EMPTY);
  });
  await once(server, 'listening');
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

function write(key: string): string {
  const file = join(folder, 'key');
  writeFileSync(file, `${key}\n`);
  return file;
}

function settings() {
  const { port } = server.address() as AddressInfo;
  const env = {
    ...{ DATABASE_URL: 'postgres://nobody@127.0.0.1/nothing', TIDEMARK_STATE_DIR: '/nowhere' },
    ...{ TEMPORAL_ADDRESS: `127.0.0.1:${port}`, TEMPORAL_TLS: 'false' },
    TEMPORAL_API_KEY_FILE: write('first'),
  };
  return loadConfig([], {}, env).temporal;
}

test('a client sends the key that is there now', async () => {
  const temporal = await connectTemporal(settings());
  const ask = () => temporal.client.workflowService.getSystemInfo({});
  await ask();
  expect(sent.at(-1)).toBe('Bearer first');
  write('second');
  await ask();
  expect(sent.at(-1)).toBe('Bearer second');
  rmSync(join(folder, 'key'));
  await ask();
  expect(sent.at(-1)).toBe('Bearer second');
  await temporal.close();
});

test('a worker sends it too, some time later', async () => {
  const connection = await connectWorker(settings(), 50);
  const ask = async () => {
    await connection.workflowService.getSystemInfo({});
    return sent.at(-1);
  };
  expect(await ask()).toBe('Bearer first');
  write('second');
  await expect.poll(ask).toBe('Bearer second');
  await connection.close();
});
