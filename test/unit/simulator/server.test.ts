// Does the wire carry what the answer says, also when it says to misbehave?
import { get, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InputError } from '../../../simulator/input.ts';
import { type Simulator, startSimulator } from '../../../simulator/server.ts';

const QUERY = 'FromUtc=2026-04-20T00:00:00.000Z&ToUtc=2026-04-20T01:00:00.000Z';
let simulator: Simulator;
let dataUrl: string;

beforeEach(async () => {
  simulator = await startSimulator({ now: '2026-11-20T12:00:00Z', clockRate: 0, quotaRequests: 0 });
  dataUrl = `${simulator.url}/core/api/data/maxExchanges?${QUERY}`;
});
afterEach(() => simulator.close());

/** Reads an answer piece by piece, without decoding it; rejects when the connection breaks, with what had come. */
function read(url: string): Promise<{ response: IncomingMessage; pieces: Buffer[]; broken: boolean }> {
  return new Promise((resolve, reject) => {
    const request = get(url, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => resolve({ response, pieces, broken: false }));
      response.on('error', () => resolve({ response, pieces, broken: true }));
    });
    request.on('error', reject);
  });
}

describe('over HTTP', () => {
  test('an answer arrives with its headers', async () => {
    const response = await fetch(dataUrl);
    const body = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('content-length')).toBe(String(body.length));
    expect(response.headers.get('x-tidemark-simulator')).toBe('seed=1');
    expect(response.headers.get('date')).toBe('Fri, 20 Nov 2026 12:00:00 GMT');
    expect(JSON.parse(body).data).toHaveLength(1);
  });

  test('control paths take JSON', async () => {
    const body = JSON.stringify({ name: 'status', code: 502 });
    const added = await fetch(`${simulator.url}/_simulator/faults`, { method: 'POST', body });
    expect(added.status).toBe(201);
    expect((await fetch(dataUrl)).status).toBe(502);
  });

  test('a wrong option is refused before anything listens', async () => {
    await expect(startSimulator({ seed: -1 })).rejects.toThrow(InputError);
    await expect(startSimulator({ port: simulator.port })).rejects.toThrow('EADDRINUSE');
  });
});

describe('delivery', () => {
  test('slow waits before the headers', async () => {
    simulator.faults.add({ name: 'slow', delayMs: 40 });
    const startedMs = performance.now();
    expect((await fetch(dataUrl)).status).toBe(200);
    expect(performance.now() - startedMs).toBeGreaterThan(35);
  });

  test('drip sends the body in pieces over time, whole', async () => {
    const plain = await (await fetch(dataUrl)).text();
    // Four pieces: where the process stands still, two of them arrive as one.
    simulator.faults.add({ name: 'drip', bytesPerSecond: 5 * plain.length });
    const startedMs = performance.now();
    const { pieces } = await read(dataUrl);
    expect(Buffer.concat(pieces).toString()).toBe(plain);
    expect(pieces.length).toBeGreaterThan(1);
    expect(performance.now() - startedMs).toBeGreaterThan(45);
  });

  test('truncated-body announces everything, sends half and hangs up', async () => {
    simulator.faults.add({ name: 'truncated-body' });
    const { response, pieces, broken } = await read(dataUrl);
    const announced = Number(response.headers['content-length']);
    expect(broken).toBe(true);
    expect(Buffer.concat(pieces)).toHaveLength(Math.floor(announced / 2));
  });

  test('reset breaks the connection before an answer', async () => {
    simulator.faults.add({ name: 'reset', times: 1 });
    await expect(read(dataUrl)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await fetch(dataUrl)).status).toBe(200);
    expect(simulator.requests.counts().byStatus).toEqual({ 0: 1, 200: 1 });
  });

  test('oversize sends the body and then spaces, without a length', async () => {
    simulator.faults.add({ name: 'oversize', sizeMiB: 3 });
    const { response, pieces } = await read(dataUrl);
    const body = Buffer.concat(pieces).toString();
    expect(response.headers).not.toHaveProperty('content-length');
    expect(body.length).toBe(body.trimEnd().length + 3 * 1024 * 1024);
    expect(JSON.parse(body).data).toHaveLength(1);
  });

  test('a huge answer is not held in memory and stops when the client leaves', async () => {
    simulator.faults.add({ name: 'oversize', sizeMiB: 100_000 });
    const response = await fetch(dataUrl);
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    simulator.faults.clear();
    expect((await fetch(dataUrl)).status).toBe(200);
  });

  test('gzip-bomb is small on the wire and large when decoded', async () => {
    simulator.faults.add({ name: 'gzip-bomb', sizeMiB: 4 });
    const { response, pieces } = await read(dataUrl);
    const coded = Buffer.concat(pieces);
    expect(response.headers['content-encoding']).toBe('gzip');
    expect(coded.length).toBeLessThan(20_000);
    expect(gunzipSync(coded).length).toBeGreaterThan(4 * 1024 * 1024);
  });

  test('faults in the way of delivery add up with faults in the answer', async () => {
    simulator.faults.add('slow:delayMs=5');
    simulator.faults.add('status:code=503');
    expect((await fetch(dataUrl)).status).toBe(503);
    expect(simulator.requests.latest()[0]?.faults).toEqual(['status', 'slow']);
  });
});

test('close hangs up at once on a client that waits', async () => {
  simulator.faults.add({ name: 'slow', delayMs: 86_400_000 });
  const waiting = fetch(dataUrl).then(
    () => 'answered',
    () => 'hung up',
  );
  await expect.poll(() => simulator.requests.counts().total).toBe(1);
  await simulator.close();
  expect(await waiting).toBe('hung up');
});
