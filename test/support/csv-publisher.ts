/** A publisher of CSV over HTTP: a key in a header, 404 until a day is published, files that do not name their day. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { dayInterval } from '../../domain/time/civil-day.ts';
import { ROOT } from './rooms.ts';

/** The folder of its datasets. */
export const CSV_DATASETS = join(ROOT, 'test/fixtures/csv-publisher/datasets');
export const CSV_KEY = 'key-of-the-subscription';
export const AREAS = ['NO1', 'NO2'] as const;

export interface CsvPublisher {
  readonly url: string;
  /** Bodies by day; a day without one is not published. */
  readonly files: Map<string, string>;
  close(): Promise<void>;
}

export async function startCsvPublisher(): Promise<CsvPublisher> {
  const files = new Map<string, string>();
  const server = createServer((request, response) => {
    const [, day = ''] = /^\/prices\/(.*)\.csv/.exec(request.url ?? '') ?? [];
    const body = files.get(day);
    if (request.headers['x-api-key'] !== CSV_KEY)
      response.writeHead(401).end(`no such key: ${request.headers['x-api-key']}`);
    else if (body === undefined) response.writeHead(404).end(`${day} is not published`);
    else response.writeHead(200, { 'content-type': 'text/csv' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { url: `http://127.0.0.1:${port}`, files, close };
}

/** The value of an hour, which tells its area and number. */
export function priceOf(area: string, hour: number): number {
  return hour + (area === 'NO2' ? 100.25 : 0.5);
}

/** Each hour of a day, with its number. */
export function hoursOf(day: string): { readonly hour: number; readonly startsAtMs: number }[] {
  const { startMs, endMs } = dayInterval(day, 'Europe/Oslo');
  const count = (endMs - startMs) / 3_600_000;
  return Array.from({ length: count }, (_, i) => ({ hour: i + 1, startsAtMs: startMs + i * 3_600_000 }));
}

/** The file of a day. */
export function csvOf(day: string): string {
  const lines = hoursOf(day).flatMap(({ hour }) =>
    AREAS.map((area) => `${hour};${area};${String(priceOf(area, hour)).replace('.', ',')}`),
  );
  return ['Hour;Area;Price', ...lines, ''].join('\r\n');
}
