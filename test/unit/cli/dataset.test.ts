/** Does the kit take an author from an answer of a source to a dataset that reads it, without any server of ours? */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tidemark as run } from '../../support/command.ts';
import { HAS_RECORDINGS, RECORDED_BODY } from '../../support/recordings.ts';

const DAY = '2026-11-20';

let folder: string;
let server: Server;
let address: string;
let requested: string[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-kit-'));
  server = createServer((request, response) => {
    requested.push(request.url ?? '');
    response.setHeader('set-cookie', 'session=1');
    response.setHeader('content-type', 'text/csv').end(hoursText());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await new Promise((resolve) => server.close(resolve));
});

/** 24 hours of two areas, one of which has no price at night. */
function hoursText(): string {
  const lines = Array.from({ length: 24 }, (_, i) => [
    `${i + 1};NO1;${40 + i},5`,
    `${i + 1};NO2;${i < 2 ? '' : 30}`,
  ]);
  return ['Hour;Area;Price', ...lines.flat(), ''].join('\r\n');
}

function hoursJson(): string {
  const rows = Array.from({ length: 24 }, (_, i) => ({
    id: i,
    startUtc: new Date(Date.parse('2026-11-19T23:00:00Z') + i * 3_600_000).toISOString(),
    flow_A_B: i * 10,
    flow_B_A: -i,
    updatedAt: '2026-11-19T12:00:00Z',
  }));
  return JSON.stringify({ result: { rows }, ok: true });
}

function fileOf(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

/** A place of its own for each draft: modules are loaded once. */
async function draft(place: string, id: string, ...args: string[]) {
  requested = [];
  const ran = await run({}, 'dataset', 'new', id, '--folder', join(folder, place), ...args);
  const [source, name] = id.split('.');
  const file = join(folder, place, `${source}/${name}.ts`);
  return { ...ran, file, text: existsSync(file) ? readFileSync(file, 'utf8') : '' };
}

describe('new', () => {
  test('JSON in an envelope: a draft that reads what it was drafted from, an example and a source', async () => {
    const body = fileOf('flows.json', hoursJson());
    const { code, stderr, stdout, file, text } = await draft(
      'json',
      'power-co.flows',
      '--from',
      body,
      '--zone',
      'Europe/Oslo',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('2 series every 60 minutes, -23 to 230, 0 nulls, days 2026-11-20 to 2026-11-20');
    expect(text).toContain(
      `rows: ['result', 'rows'],\n      time: instant('startUtc'),\n      columns: ['flow_'],\n      ignore: ['id', 'updatedAt'],`,
    );
    expect(readFileSync(join(file, '../source.ts'), 'utf8')).toContain("setting: 'POWER_CO_BASE_URL'");
    const tried = await run({}, 'dataset', 'try', file, '--body', body);
    expect(tried).toMatchObject({ code: 0, stderr: '' });
    expect(tried.stdout).toContain('power-co.flows, 2026-11-20, from flows.json');
    expect(tried.stdout).toContain(
      '48 points of 2 series, 48 with a value are expected; 0 are null, 0 quarantined\n  no findings',
    );
    const example = await run({}, 'dataset', 'try', file, '--day', '2026-10-25', '--json');
    expect(JSON.parse(example.stdout)).toMatchObject({
      from: 'its example',
      points: 50,
      expected: 50,
      findings: [],
    });
  });

  test('delimited text from an address: hours that are counted, a decimal comma, no key in any file', async () => {
    const from = `${address}/prices/${DAY}.csv?apikey=hunter2&zone=NO`;
    const { code, stdout, text, file } = await draft(
      'text',
      'acme.prices',
      '--from',
      from,
      '--zone',
      'Europe/Oslo',
      '--day',
      DAY,
      '--unit',
      'EUR/MWh',
    );
    expect({ code, requested }).toEqual({
      code: 0,
      requested: [`/prices/${DAY}.csv?apikey=hunter2&zone=NO`],
    });
    expect(stdout).toContain('left out of the address: "apikey", which looks like a key');
    expect(text + stdout).not.toContain('hunter2');
    expect(text).toContain(
      `path: \`/prices/$\{dayAt(startMs, 'Europe/Oslo')}.csv\`,\n      query: { zone: 'NO' },`,
    );
    expect(text).toContain(
      "decode: delimitedTable({\n      delimiter: ';',\n      decimal: ',',\n      time: intervalOfDay('Hour', 60, 'Europe/Oslo'),\n      series: 'Area',\n      value: 'Price',\n    }),",
    );
    expect(text).toContain('2 series with values, 2 nulls, 30 to 63.5');
    const tried = await run(
      {},
      'dataset',
      'try',
      file,
      '--body',
      fileOf('prices.csv', hoursText()),
      '--day',
      DAY,
      '--json',
    );
    expect(JSON.parse(tried.stdout)).toMatchObject({
      points: 48,
      nulls: 2,
      findings: [{ rule: 'null_values' }],
    });
  });

  test('a second dataset of a source takes what is said of it already', async () => {
    const body = fileOf('again.json', hoursJson());
    await draft('two', 'acme.first', '--from', body, '--zone', 'Europe/Oslo');
    const other = await draft('two', 'acme.second', '--from', body, '--zone', 'UTC');
    expect(other.stderr).toMatch(/--zone is "UTC", and .*source\.ts says "Europe\/Oslo": leave it out/);
    const fine = await draft('two', 'acme.second', '--from', body);
    expect(fine).toMatchObject({ code: 0, stderr: '' });
    expect(fine.stdout).not.toContain('source.ts');
    const twice = await draft('two', 'acme.second', '--from', body);
    expect(twice.stderr).toContain('acme/second.ts is there already');
  });

  if (HAS_RECORDINGS)
    test('a recorded body of a publisher: every value of it is read', async () => {
      const { stdout, file } = await draft(
        'jao',
        'jao-core.exchanges',
        '--from',
        RECORDED_BODY,
        '--zone',
        'Europe/Amsterdam',
      );
      expect(stdout).toContain(
        '132 series every 60 minutes, 733 to 15004, 0 nulls, days 2026-04-20 to 2026-04-22',
      );
      const { stdout: tried } = await run({}, 'dataset', 'try', file, '--body', RECORDED_BODY, '--json');
      expect(JSON.parse(tried)).toMatchObject({
        day: '2026-04-21',
        points: 3_168,
        expected: 3_168,
        findings: [{ rule: 'outside_day' }],
      });
    });

  test.each([
    ['Acme.Prices', ['--from', 'x'], 'the id is "Acme.Prices": write <source>.<dataset>, each in lower case'],
    ['acme.x', ['--from', '/nowhere/x'], '--from is "/nowhere/x": there is no such file'],
    [
      'acme.x',
      ['--from', 'package.json', '--zone', 'Oslo'],
      '--zone is "Oslo": write a time zone such as Europe/Oslo',
    ],
    ['acme.x', ['--from', 'package.json'], 'package.json is JSON without a list of rows'],
    ['acme.x', ['--from', 'LICENSE'], 'LICENSE is neither JSON nor delimited text that can be told'],
    [
      'acme.x',
      ['--from', 'ftp://x'],
      '--from is "ftp://x": there is no such file; write a path, or an http(s) address',
    ],
  ])('%s %j is refused', async (id, args, message) => {
    const { code, stderr } = await draft('wrong', id, ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test.each([
    ['a.html', '<html><body>', 'is XML or HTML ("<html><body>"): write "decode" with readXml'],
    [
      'b.json',
      '{"data":[{"a":1},{"a":2}]}',
      'no column says when an interval starts: the columns are a; name it with --time',
    ],
    ['c.csv', '', 'is empty: give an answer with rows in it'],
    ['d.csv', 'Time;Value\n', 'has a table without rows: give an answer of a day that is published'],
    [
      'e.json',
      '[{"at":"2026-11-20T00:00:00Z","name":"x"}]',
      'no column has numbers: the columns are at, name',
    ],
    [
      'f.json',
      '[{"at":"2026-11-20T00:00:00Z","v":1},{"at":"2026-11-20T07:00:00Z","v":1}]',
      'has intervals of 420 minutes',
    ],
  ])('an answer that cannot be drafted from: %s', async (name, text, message) => {
    const { code, stderr } = await draft('wrong', 'acme.x', '--from', fileOf(name, text));
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });

  test('where datasets lie has to be said', async () => {
    const from = fileOf('flows.json', hoursJson());
    const { stderr } = await run({ TIDEMARK_DATASETS: '' }, 'dataset', 'new', 'acme.x', '--from', from);
    expect(stderr).toContain(
      '--folder is missing: name the folder of your datasets, or set TIDEMARK_DATASETS to it',
    );
  });
});

test('the day of a body that does not name it has to be said', async () => {
  const body = fileOf('hours.csv', hoursText());
  const { file } = await draft('unnamed', 'acme.prices', '--from', body, '--zone', 'Europe/Oslo');
  const tried = await run({}, 'dataset', 'try', file, '--body', body);
  expect(tried.stderr).toContain('--day is missing: the body does not say of which delivery day it is');
});

describe('record', () => {
  test('an answer is kept with its provenance, without cookies, and tried next', async () => {
    const { file } = await draft(
      'recorded',
      'acme.prices',
      '--from',
      `${address}/prices.csv`,
      '--zone',
      'Europe/Oslo',
      '--day',
      DAY,
    );
    const { code, stdout, stderr } = await run(
      { ACME_BASE_URL: address },
      'dataset',
      'record',
      file,
      '--day',
      DAY,
      '--json',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [provenance = ''] = (JSON.parse(stdout) as { recordings: string[] }).recordings;
    expect(provenance).toBe(join(folder, 'recorded/acme/prices.recorded', `${DAY}.json`));
    expect(JSON.parse(readFileSync(provenance, 'utf8'))).toEqual({
      ...{
        dataset: 'acme.prices',
        unit: DAY,
        part: '',
        url: `${address}/prices.csv?day=${DAY}`,
        status: 200,
      },
      requestedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      headers: expect.not.objectContaining({ 'set-cookie': expect.anything() }),
      reading: { decoderVersion: 1, sha256: expect.stringMatching(/^[\da-f]{64}$/) },
      ...{ bytes: hoursText().length, sha256: expect.stringMatching(/^[\da-f]{64}$/), body: `${DAY}.csv` },
    });
    expect(readFileSync(provenance.replace('.json', '.csv'), 'utf8')).toBe(hoursText());
    const tried = await run({}, 'dataset', 'try', file, '--json');
    expect(JSON.parse(tried.stdout)).toMatchObject({ from: `the recording of ${DAY}`, points: 48 });
    writeFileSync(provenance.replace('.json', '.csv'), 'other');
    const changed = await run({}, 'dataset', 'try', file);
    expect(changed.stderr).toContain(
      `has other bytes than ${DAY}.json says: it was changed; record it again`,
    );
  });

  test.each([
    [['acme.spot-prices', '--day', '2026-02-30'], '--day is "2026-02-30": write an existing date'],
    [['acme.nothing', '--day', DAY], 'no dataset "acme.nothing"; the datasets are '],
    [['checkout.events', '--day', DAY], 'checkout.events is not requested day by day'],
  ])('%j is refused', async (args, message) => {
    const { code, stderr } = await run({}, 'dataset', 'record', ...args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });

  test('a source that does not answer is named', async () => {
    const { code, stderr } = await run(
      {},
      'dataset',
      'record',
      'acme.spot-prices',
      '--day',
      DAY,
      '--folder',
      folder,
    );
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('http://127.0.0.1:9/prices.csv'),
    });
  });
});

describe('try', () => {
  test('a dataset of the catalogue, by its example', async () => {
    const { code, stdout } = await run(
      {},
      'dataset',
      'try',
      'jao-core.net-positions',
      '--day',
      '2026-10-25',
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ points: 2_300, expected: 2_300, quarantined: 0 });
  });

  test('what is wrong with an answer is shown, and ends with 1', async () => {
    const body = fileOf(
      'broken.json',
      '{"data":[{"dateTimeUtc":"noon","hub_AT":1},{"dateTimeUtc":"2026-11-20T00:00:00Z","hub_AT":1e9}]}',
    );
    const { code, stdout } = await run({}, 'dataset', 'try', 'jao-core.net-positions', '--body', body);
    expect(code).toBe(1);
    expect(stdout).toContain('block unreadable_time: data[0] has no readable "dateTimeUtc"');
    expect(stdout).toContain('block range: hub_AT is 1000000000 MW, outside -60000 to 60000 MW');
  });

  test('a definition that is wrong is refused by its file and field', async () => {
    const { file } = await draft('wrong-field', 'acme.flows', '--from', fileOf('flows.json', hoursJson()));
    writeFileSync(file, readFileSync(file, 'utf8').replace('chunkDays: 30', 'chunkDays: 0'));
    const { code, stderr } = await run({}, 'dataset', 'try', file);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('flows.ts: dataset "acme.flows": chunkDays must be 1 or more'),
    });
  });
});
