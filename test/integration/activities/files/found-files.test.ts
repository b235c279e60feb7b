/**
 * Are files that appear in a folder, or in an index, loaded by themselves: each once, none that is half written, whatever is killed
 * meanwhile?
 */
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { catalogOf } from '../../../../datasets/catalog.ts';
import type { Settings } from '../../../../domain/dataset/settings.ts';
import type { FilesOutcome } from '../../../../domain/files/found-files.ts';
import { TASK_QUEUE } from '../../../../domain/workflow/ids.ts';
import { settingsOf, tidemark } from '../../../support/command.ts';
import { linesOf, textOf } from '../../../support/loading.ts';
import { sampleFiles } from '../../../support/sample-file-dataset.ts';
import { openTestEnvironment, type TestEnvironment } from '../../../support/test-environment.ts';

const SETTING = 'MEASURED_FILES';
const dataset = sampleFiles({
  source: {
    ...sampleFiles().source,
    settings: { [SETTING]: { meaning: 'Where files appear' } },
  },
});
const watched = {
  ...dataset,
  files: {
    ...dataset.files,
    found: { setting: SETTING, names: /\.csv$/, everyMinutes: 1, settledSeconds: 1 },
  },
};

let testEnv: TestEnvironment;
let folder: string;
let nowMs = Date.now();
const settings = new Map<string, Settings>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-found-'));
  testEnv = await openTestEnvironment({
    catalog: catalogOf([watched]),
    sourceSettings: settings,
    filesFolder: join(folder, 'texts'),
    // A second between two looks is a second of this clock.
    clock: { now: () => new Date(nowMs), rate: 1 },
  });
  await testEnv.startWorker();
});
afterAll(async () => {
  await testEnv?.close();
  rmSync(folder, { recursive: true, force: true });
});

let looks = 0;
async function look(): Promise<string> {
  looks += 1;
  nowMs += 1_000;
  const options = {
    taskQueue: TASK_QUEUE,
    workflowId: `test look ${looks}`,
    args: [{ dataset: dataset.id }],
  };
  const { summary }: FilesOutcome = await testEnv.temporal.client.workflow.execute('lookForFiles', options);
  return summary;
}
const outcome = async () => (await look()).replace(/^.*: /, '');
const rowsOf = (day: string) =>
  testEnv.rows<{ points: number; low: number; high: number }>(
    'select count(*)::int as points, min(value) as low, max(value) as high from measured.values where delivery_day = $1',
    [day],
  );
/** As SQL tells them, of a folder. */
const statesOf = (place: string) =>
  testEnv.rows(
    `select state, tried_at is not null as tried from catalog.found_file where starts_with(file, $1) order by file`,
    [place],
  );
const payloadsOf = async (day: string) =>
  (await testEnv.rows<{ n: number }>('select count(*)::int as n from ops.payload where day = $1', [day]))[0]
    ?.n;

describe('a folder', () => {
  let place: string;
  beforeEach(() => {
    place = mkdtempSync(join(folder, 'place-'));
    settings.set('measured', { [SETTING]: place });
  });
  const put = (name: string, text: string) => writeFileSync(join(place, name), text);

  test('without a folder or an address files are not watched', async () => {
    settings.set('measured', {});
    expect(await look()).toBe('files are not watched: no folder or address is set');
  });

  test('that cannot be read is told with the setting to change', async () => {
    settings.set('measured', { [SETTING]: join(place, 'missing') });
    await expect(look()).rejects.toMatchObject({
      cause: { message: expect.stringContaining(`set ${SETTING} to a folder that all workers can read`) },
    });
  });

  test('a new file is loaded at the second look, once, and again when it has changed', async () => {
    put('january.csv', textOf(linesOf('2026-01-05', 1, () => 50)));
    expect(await outcome()).toBe('1 not settled yet');
    expect(await statesOf(place)).toEqual([{ state: 'waiting', tried: false }]);
    expect(await outcome()).toBe('1 loaded');
    expect(await statesOf(place)).toEqual([{ state: 'loaded', tried: true }]);
    expect(await rowsOf('2026-01-05')).toEqual([{ points: 144, low: 50, high: 50 }]);
    expect(await outcome()).toBe('nothing new');
    put('january.csv', textOf(linesOf('2026-01-05', 1, () => 51)));
    expect(await outcome()).toBe('1 not settled yet');
    expect(await outcome()).toBe('1 loaded');
    expect(await rowsOf('2026-01-05')).toEqual([{ points: 144, low: 51, high: 51 }]);
    expect(await payloadsOf('2026-01-05')).toBe(2);
  });

  test('the same size and time of change do not hide other bytes', async () => {
    const at = new Date('2026-02-01T00:00:00Z');
    put('same.csv', textOf(linesOf('2026-02-02', 1, () => 40)));
    utimesSync(join(place, 'same.csv'), at, at);
    await look();
    expect(await outcome()).toBe('1 loaded');
    put('same.csv', textOf(linesOf('2026-02-02', 1, () => 41)));
    utimesSync(join(place, 'same.csv'), at, at);
    await look();
    expect(await outcome()).toBe('1 loaded');
    expect(await rowsOf('2026-02-02')).toEqual([{ points: 144, low: 41, high: 41 }]);
  });

  test('a file that grows from look to look waits until it is whole', async () => {
    const lines = linesOf('2026-03-02', 1, () => 50);
    const path = join(place, 'growing.csv');
    writeFileSync(path, '');
    expect(await outcome()).toBe('nothing new');
    for (let i = 0; i < 144; i += 48) {
      appendFileSync(path, textOf(lines.slice(i, i + 48)));
      expect(await outcome()).toBe('1 not settled yet');
      expect(await rowsOf('2026-03-02')).toEqual([{ points: 0, low: null, high: null }]);
    }
    expect(await outcome()).toBe('1 loaded');
    expect(await rowsOf('2026-03-02')).toEqual([{ points: 144, low: 50, high: 50 }]);
    expect(await payloadsOf('2026-03-02')).toBe(1);
  });

  test('names of unfinished files, other names and folders do not count; a rename does', async () => {
    const text = textOf(linesOf('2026-03-09', 1, () => 50));
    for (const name of ['.hidden.csv', 'april.csv.part', '~april.csv', 'april.csv~', 'notes.txt'])
      put(name, text);
    mkdirSync(join(place, 'old.csv'));
    expect(await look()).toBe(`0 files in ${place}: nothing new`);
    renameSync(join(place, 'april.csv.part'), join(place, 'april.csv'));
    await look();
    expect(await outcome()).toBe('1 loaded');
  });

  test('a file that cannot be read is told, left alone, and loaded once it is mended', async () => {
    put('broken.csv', 'PK\u0003\u0004 and no zip');
    await look();
    expect(await outcome()).toBe('1 could not be loaded');
    expect(await outcome()).toBe('nothing new');
    const failed = await testEnv.rows('select location, error from ops.found_file where error is not null');
    expect(failed).toEqual([
      { location: join(place, 'broken.csv'), error: expect.stringMatching(/^BAD_INPUT: /) },
    ]);
    const { stdout } = await tidemark(settingsOf(testEnv), 'doctor');
    expect(stdout).toContain(
      `FAIL files: ${join(place, 'broken.csv')} of measured.values could not be loaded (BAD_INPUT: `,
    );
    put('broken.csv', textOf(linesOf('2026-03-16', 1, () => 50)));
    await look();
    expect(await outcome()).toBe('1 loaded');
    expect(await testEnv.rows('select location from ops.found_file where error is not null')).toEqual([]);
  });
});

describe('an index', () => {
  let server: Server;
  let url: string;
  const files = new Map<string, { text: string; etag: string }>();
  beforeAll(async () => {
    server = createServer((request, response) => {
      const name = decodeURIComponent((request.url ?? '').slice('/data/'.length));
      const file = files.get(name);
      if (name === '')
        response.end(
          [...files.keys(), '../secret.csv', 'http://127.0.0.1:1/else.csv', 'readme.html']
            .map((href) => `<li><A class=x href="${encodeURI(href)}">${href}</a>`)
            .join('\n'),
        );
      else if (!file) response.writeHead(404).end();
      else response.writeHead(200, { etag: file.etag }).end(request.method === 'HEAD' ? '' : file.text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/data/`;
    settings.set('measured', { [SETTING]: url });
  });
  afterAll(() => server?.close());

  test('files below it are loaded when the server has said the same of them twice, and again when it says otherwise', async () => {
    files.set('may one.csv', { text: textOf(linesOf('2026-01-12', 1, () => 50)), etag: '"1"' });
    files.set('gone.csv', { text: '', etag: '"x"' });
    files.delete('gone.csv');
    expect(await look()).toBe(`1 files in ${url}: 1 not settled yet`);
    expect(await outcome()).toBe('1 loaded');
    expect(await outcome()).toBe('nothing new');
    files.set('may one.csv', { text: textOf(linesOf('2026-01-12', 1, () => 49)), etag: '"2"' });
    await look();
    expect(await outcome()).toBe('1 loaded');
    expect(await rowsOf('2026-01-12')).toEqual([{ points: 144, low: 49, high: 49 }]);
  });
});
