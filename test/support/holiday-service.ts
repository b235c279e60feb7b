/** A small service of holidays: `GET /PublicHolidays/{year}/{country}` with a key, and answers that a test changes. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export const KEY = 'k3y-of-the-test';

export interface Holiday {
  readonly date: string;
  readonly name: string;
  readonly localName?: string;
  readonly counties?: readonly string[] | null;
  readonly types?: readonly string[];
}

export interface HolidayServer {
  readonly url: string;
  /** By country, on the same dates in every year; a country that is not there is answered with 404. */
  readonly countries: Map<string, readonly Holiday[]>;
  /** Addresses that were asked for, without a key in them. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** Takes the key in the header `X-Api-Key` or in the query as `key`. */
export async function startHolidayServer(): Promise<HolidayServer> {
  const countries = new Map<string, readonly Holiday[]>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const key = request.headers['x-api-key'] ?? url.searchParams.get('key');
    const [, year = '', country = ''] = /^\/PublicHolidays\/(\d{4})\/([A-Z]{2})$/.exec(url.pathname) ?? [];
    requests.push(url.pathname);
    const list = countries.get(country)?.map((each) => ({ ...each, date: year + each.date.slice(4) }));
    response.statusCode = key !== KEY ? 403 : list ? 200 : 404;
    response.end(response.statusCode === 200 ? JSON.stringify(list) : `no: key ${key}, country ${country}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...{ url: `http://127.0.0.1:${port}`, countries, requests },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
