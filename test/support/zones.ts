/** A publisher with a key whose days take a request a zone: one publishes by the quarter of an hour, one by the hour. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import { missingIntervals, missingSeries } from '../../domain/interpret/checks.ts';
import { AnswerRefused } from '../../domain/interpret/finding.ts';
import { type SampleRow, sampleBody, sampleDataset } from './sample-dataset.ts';

export const KEY = 'key-that-nobody-may-see';
export const ZONES = ['NORTH', 'SOUTH', 'WEST'] as const;
const QUARTER_MS = 900_000;

type Answer = (zone: string, from: number, to: number) => { status: number; body: string | Buffer };

/** Quarters of an hour in the north, hours elsewhere; values tell the zone and the instant. */
export const published: Answer = (zone, from, to) => {
  const step = zone === 'NORTH' ? QUARTER_MS : 4 * QUARTER_MS;
  const starts = Array.from({ length: (to - from) / step }, (_, i) => from + i * step);
  return { status: 200, body: sampleBody(starts.map((ms) => rowOf(zone, ms))) };
};

export function rowOf(zone: string, ms: number, value = (ms / QUARTER_MS) % 1_000): SampleRow {
  return [`${zone}.price`, new Date(ms).toISOString(), value];
}

export const notThere: Answer = () => ({ status: 404, body: 'no such day yet' });

export interface ZonePublisher {
  readonly url: string;
  /** Zones that were asked for with the right key, in that order. */
  readonly requests: string[];
  /** How a zone answers from now on. */
  readonly answers: Map<string, Answer>;
  close(): Promise<void>;
}

export async function startZonePublisher(): Promise<ZonePublisher> {
  const requests: string[] = [];
  const answers = new Map<string, Answer>();
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const zone = searchParams.get('zone') ?? '';
    if (request.headers['x-key'] !== `Token ${KEY}`) {
      response.writeHead(401).end(`unknown key ${request.headers['x-key']}`);
      return;
    }
    requests.push(zone);
    const [from, to] = ['from', 'to'].map((name) => Date.parse(searchParams.get(name) ?? ''));
    const { status, body } = (answers.get(zone) ?? published)(zone, from as number, to as number);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { url: `http://127.0.0.1:${port}`, requests, answers, close };
}

const plain = sampleDataset();

/** Prices of zones; which ones is a setting. */
export const zoneDataset: PulledPoints = {
  ...sampleDataset({
    id: 'sample.zones',
    source: {
      ...plain.source,
      settings: {
        SAMPLE_KEY: { meaning: 'The key of the publisher.', secret: true },
        SAMPLE_ZONES: { meaning: 'Zones, separated by commas.', default: ZONES.join() },
      },
      credential: { setting: 'SAMPLE_KEY', in: 'header', name: 'x-key', prefix: 'Token ' },
    },
    resolution: [{ from: plain.firstDay, minutes: 15 }],
    ownSteps: true,
    expectedSeries: [{ from: plain.firstDay, count: 1 }],
    batch: { maxHours: 100 },
    parts: { of: (_, { SAMPLE_ZONES = ZONES.join() }) => SAMPLE_ZONES.split(',') },
    notPublished: { statuses: [404], body: /yet/ },
    request: (window, options) => {
      const request = plain.pull.request(window, options);
      return { ...request, query: { ...request.query, zone: options.part } };
    },
    decode: (body, answer) => {
      const text = Buffer.from(body).toString();
      if (text.startsWith('<')) throw new AnswerRefused('not_json', 'the answer is not JSON', text);
      const { points, findings } = plain.pull.decode(body, answer);
      const stepOf = (series: string) => (series.startsWith('NORTH') ? QUARTER_MS : 4 * QUARTER_MS);
      return { points: points.map((point) => ({ ...point, stepMs: stepOf(point.series) })), findings };
    },
  }),
  checks: [missingIntervals(), missingSeries()],
};
