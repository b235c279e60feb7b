/** A publisher of the days of the ways: what it has of each can be changed. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addDays, type CivilDay } from '../../../../domain/time/civil-day.ts';
import { type SampleRow, sampleBody } from '../../../support/sample-dataset.ts';

export interface Publisher {
  readonly url: string;
  /** What it has of each day: a number that all values of hour 7 have; none: 404. */
  readonly published: Map<CivilDay, number>;
  close(): Promise<void>;
}

export async function startPublisher(): Promise<Publisher> {
  const published = new Map<CivilDay, number>();
  const server = createServer((asked, response) => {
    const query = new URL(asked.url ?? '', 'http://publisher').searchParams;
    const [from = '', to = from] = [query.get('from') ?? '', query.get('to') ?? ''];
    const rows: SampleRow[] = [];
    for (let day = from.slice(0, 10); day < to.slice(0, 10); day = addDays(day, 1))
      if (published.has(day))
        rows.push(...rowsOf(day, published.get(day) as number, query.get('part') ?? ''));
    response.writeHead(rows.length > 0 ? 200 : 404, { 'content-type': 'application/json' });
    response.end(rows.length > 0 ? sampleBody(rows) : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { url: `http://127.0.0.1:${port}`, published, close };
}

export function rowsOf(day: CivilDay, value: number, part: string): SampleRow[] {
  return ['a', 'b'].flatMap((series) =>
    Array.from({ length: 24 }, (__, hour): SampleRow => {
      const startsAt = new Date(Date.parse(`${day}T00:00:00Z`) + hour * 3_600_000).toISOString();
      return [`${part}${series}`, startsAt, hour === 7 ? value : hour];
    }),
  );
}
