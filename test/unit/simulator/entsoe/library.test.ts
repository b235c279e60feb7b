// Does the simulated file library answer as the library does: tokens, lists, files made anew each hour, its quota and its absence?
import { expect, test } from 'vitest';
import { unzip } from '../../../../simulator/entsoe/zip.ts';
import type { Simulation } from '../../../../simulator/simulation.ts';
import { still } from '../../../support/simulator/ask.ts';

const FOLDER = '/TP_export/EnergyPrices_12.1.D_r3.1/';
const FILE = '2026_11_EnergyPrices_12.1.D_r3.1.csv';
const open = (library = {}, more = {}) =>
  still({
    entsoe: { library: { ...library, areas: ['DE_LU'] } } as object,
    now: '2026-11-20T12:30:00Z',
    ...more,
  });

function tokenOf(simulation: Simulation, username = 'me', password = 'secret') {
  const body = `client_id=tp-fms-public&grant_type=password&username=${username}&password=${password}`;
  const answer = simulation.handle({
    method: 'POST',
    target: '/realms/tp/protocol/openid-connect/token',
    body,
  });
  return { answer, authorization: `Bearer ${JSON.parse(answer.body).access_token}` };
}

function ask(
  simulation: Simulation,
  target: string,
  body: object,
  authorization = tokenOf(simulation).authorization,
) {
  return simulation.handle({ method: 'POST', target, body: JSON.stringify(body), authorization });
}

const download = (simulation: Simulation, more: object = {}) =>
  ask(simulation, '/downloadFileContent', {
    ...{ folder: FOLDER, filename: FILE, topLevelFolder: 'TP_export', downloadAsZip: false },
    ...more,
  });

test('without a right name and password there is no token, and without a token nothing', () => {
  const simulation = open({ user: 'me', password: 'right' });
  expect(tokenOf(simulation).answer).toMatchObject({ status: 401 });
  expect(tokenOf(simulation, 'me', 'right').answer).toMatchObject({ status: 200 });
  expect(ask(simulation, '/listFolder', { path: FOLDER }, 'Bearer other').status).toBe(401);
});

test('a folder has a file a month, up to that of tomorrow, with the hour at which it was made', () => {
  const { contentItemList: items } = JSON.parse(ask(open(), '/listFolder', { path: FOLDER }).body);
  expect(items[0].name).toBe('2015_01_EnergyPrices_12.1.D_r3.1.csv');
  expect(items.at(-1)).toMatchObject({ name: FILE, lastUpdatedTimestamp: '2026-11-20T12:00:00Z' });
  expect(ask(open(), '/listFolder', { path: '/TP_export/Nothing/' }).status).toBe(400);
});

test('a file is plain or in a zip, has names of columns, and other contracts beside the day-ahead market', () => {
  const text = download(open()).body;
  const [names = '', ...lines] = text.trimEnd().split('\n');
  expect(names.split('\t').slice(0, 3)).toEqual(['\ufeffInstanceCode', 'DateTime(UTC)', 'ResolutionCode']);
  expect(lines.every((line) => line.split('\t').length === 12)).toBe(true);
  expect(new Set(lines.map((line) => line.split('\t')[7]))).toEqual(new Set(['Day-ahead', 'Intraday']));
  const zip = download(open(), { downloadAsZip: true });
  expect(unzip(Buffer.from(zip.body, 'latin1')).map(({ name, body }) => [name, body.toString()])).toEqual([
    [FILE, text],
  ]);
  expect(download(open(), { filename: '2031_01_EnergyPrices_12.1.D_r3.1.csv' }).status).toBe(400);
  expect(download(open(), { topLevelFolder: 'other' }).status).toBe(403);
});

test('it stands as of the last hour: what was changed since comes with the next', () => {
  const startsAt = '2026-11-19T10:00:00Z';
  const simulation = open({}, { revisionShare: 0 });
  const before = download(simulation).body;
  simulation.faults.add(
    `revise:day=2026-11-19,starts_at=${startsAt},border=ts_1,value=512.5,table=entsoe/A44_DE_LU`,
  );
  expect(download(simulation).body).toBe(before);
  simulation.clock.set({ nowMs: Date.parse('2026-11-20T13:05:00Z') });
  expect(download(simulation).body).toContain('512.5');
});

test('more than a hundred requests a minute are refused for a while; it can be away by itself', () => {
  const simulation = open({ requests: 2 });
  const { authorization } = tokenOf(simulation);
  const statuses = [1, 2, 3, 4].map(
    () => ask(simulation, '/listFolder', { path: FOLDER }, authorization).status,
  );
  expect(statuses).toEqual([200, 200, 429, 429]);
  expect(ask(open({ outages: [{ status: 503 }] }), '/listFolder', { path: FOLDER }, 'Bearer x').status).toBe(
    503,
  );
});
