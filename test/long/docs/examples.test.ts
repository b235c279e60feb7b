/** Does every example of README and docs do what it says, when it is typed as it stands there? */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runTidemark } from '../../../cli/run.ts';
import { ROOT } from '../../../config/installation.ts';
import { openDatabase } from '../../../db/connection/client.ts';
import { ALONE } from '../../support/alone.ts';
import { type ApiEnvironment, openApiEnvironment } from '../../support/api/api-environment.ts';
import { Captured } from '../../support/captured.ts';
import { settingsOf } from '../../support/command.ts';
import { type Example, examples, pages, shownCommands, wordsOf } from '../../support/examples.ts';
import { exportedFrequency } from '../../support/frequency-file.ts';

const ALL = examples();
const PAGE = /^(?:https?:\/\/)?(?:127\.0\.0\.1|localhost):8080/;
const SIMULATOR = /^http:\/\/127\.0\.0\.1:8090/;

let testEnv: ApiEnvironment;
let folder: string;
let key: string;
/** The last id that was printed of each kind: examples show `key-1a2b3c4d`. */
const ids = new Map<string, string>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'examples-'));
  testEnv = await openApiEnvironment({
    simulator: { quotaRequests: 0, revisionShare: 0 },
    filesFolder: join(folder, 'kept'),
  });
  await testEnv.startWorker();
  writeFiles();
  await run(['load', 'swissgrid.frequency', 'Sollfrequenz.csv', '--zone', 'UTC', '--wait']);
  await testEnv.load('2026-11-19', '2026-11-21');
  key = await newKey();
});
afterAll(async () => {
  await testEnv.close();
  rmSync(folder, { recursive: true });
});

const EVENT = {
  event_type: 'BarcodeScanned',
  event_timestamp: '2026-11-20T10:00:00Z',
  user_id: 'u-4711',
  related_id: 't1',
  version: 1,
};

function writeFiles(): void {
  exportedFrequency(folder);
  const metadata = { barcode_type: 'QR', scanner_location: 'north' };
  const lines = [
    { ...EVENT, event_id: 'scan-1', metadata },
    { ...EVENT, event_id: 'test-1', event_type: 'ScannerTested', metadata: {} },
  ]
    .map((event) => `${JSON.stringify(event)}\n`)
    .join('');
  writeFileSync(join(folder, 'events.ndjson'), lines);
  writeFileSync(join(folder, 'events.ndjson.gz'), gzipSync(lines));
  const csv = `scan-2,BarcodeScanned,2026-11-20T11:00:00Z,u2,t1,1,"${JSON.stringify(metadata).replaceAll('"', '""')}"`;
  writeFileSync(
    join(folder, 'events.csv'),
    `event_id,event_type,event_timestamp,user_id,related_id,version,metadata\n${csv}\n`,
  );
  writeFileSync(join(folder, 'users.csv'), 'user_id,name,email,country\nu-4711,Zoe,zoe@example.org,NL\n');
}

async function run(words: readonly string[], env = {}): Promise<{ code: number; printed: string }> {
  const [stdout, stderr] = [new Captured(), new Captured()];
  const io = { stdin: Readable.from([]), stdout, stderr };
  const code = await runTidemark(words, { env: { ...ALONE, ...settingsOf(testEnv), ...env }, folder, ...io });
  return { code, printed: `${stdout.text}${stderr.text}` };
}

async function newKey(): Promise<string> {
  const { printed } = await run(['keys', 'create', '--name', 'examples', '--role', 'admin', '--json']);
  return JSON.parse(printed).secret;
}

async function tidemark(words: readonly string[]): Promise<string> {
  const known = words.map((word) =>
    word.replace(/^(key|sub)-1a2b3c4d$/, (text, kind) => ids.get(kind) ?? text),
  );
  const { code, printed } = await run(known);
  expect(code, printed).toBe(0);
  for (const [id, kind = ''] of printed.matchAll(/\b(key|sub)-[\da-f]{8}\b/g)) ids.set(kind, id);
  return printed;
}

async function curl(words: readonly string[]): Promise<string> {
  const given: Record<'method' | 'body', string | undefined> = { method: undefined, body: undefined };
  const headers: Record<string, string> = {};
  let url = '';
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? '';
    if (!word.startsWith('-')) url = word;
    else if (word === '-X') given.method = words[++i];
    else if (word === '-d' || word === '--data-binary') given.body = words[++i];
    else if (word === '-H') {
      const [, name = '', value = ''] = /^([^:]+): *(.*)$/.exec(words[++i] ?? '') ?? [];
      headers[name.toLowerCase()] = value;
    } else throw new Error(`curl ${word} is not known here`);
  }
  const body = given.body?.startsWith('@') ? readFileSync(join(folder, given.body.slice(1))) : given.body;
  return await request(url, given.method ?? (body === undefined ? 'GET' : 'POST'), headers, body);
}

async function request(
  url: string,
  method: string,
  headers: Record<string, string>,
  body?: string | Buffer,
): Promise<string> {
  if (SIMULATOR.test(url)) {
    const answer = await fetch(url.replace(SIMULATOR, testEnv.simulator.url), {
      method,
      headers,
      ...(body ? { body } : {}),
    });
    expect(answer.status).toBeLessThan(300);
    return await answer.text();
  }
  expect(url).toMatch(PAGE);
  const { status, text } = await testEnv.get(url.replace(PAGE, ''), {
    ...{ method: method as 'GET', headers },
    ...(body ? { payload: body } : {}),
  });
  expect(status, text.slice(0, 500)).toBeLessThan(300);
  return text;
}

async function runExample({ text, answer }: Example): Promise<void> {
  let last = '';
  for (const [program = '', ...words] of await wordsOf(text.replaceAll('/tmp/', `${folder}/`), key)) {
    if (program === 'tidemark') last = await tidemark(words);
    else if (program === 'curl') last = await curl(words);
    else await promisify(execFile)(program, words, { cwd: ROOT });
  }
  if (answer !== undefined) expect(JSON.parse(last)).toEqual(JSON.parse(answer));
}

const of = (language: string, isRun: boolean) =>
  ALL.filter((each) => each.language === language && each.isRun === isRun);
const byPlace = (list: readonly Example[]) => list.map((each) => [each.place, each] as const);

describe('commands and requests', () => {
  test.each(byPlace(of('sh', true)))('%s', (_, example) => runExample(example));
});

describe('addresses of the API, wherever a page shows one', () => {
  // An example revokes the one before.
  beforeAll(async () => {
    key = await newKey();
  });
  const shown = pages().flatMap(({ name, text }) =>
    [...text.matchAll(/http:\/\/(?:127\.0\.0\.1|localhost):8080(\/[^\s`"'<>)]+)/g)].map(
      ([, url = '']) => [name, url] as const,
    ),
  );
  test.each(shown)('%s: %s', (_, url) => expectAnswer(url));

  // `GET /healthz`, `/readyz`: the word is not repeated.
  const forms = pages().flatMap(({ name, text }) =>
    [...text.matchAll(/`GET \/[^`]*`(?:, `\/[^`]*`)*/g)].flatMap(([row]) =>
      [...row.matchAll(/\/[^`]*/g)].map(([form]) => [name, form] as const),
    ),
  );
  test.each(forms)('%s: GET %s', async (_, form) => {
    const [path = '', query = ''] = form.replace(/<(\w+)>/g, '{$1}').split('?');
    const parameters = await parametersOf(path);
    const names = query.split('&').map((part) => part.replace(/=.*/, ''));
    const known = parameters.map(({ name }) => name);
    for (const name of names.filter((each) => /^\w+$/.test(each))) expect(known).toContain(name);
    // A stream does not end.
    if (path.endsWith('/stream')) return;
    await expectAnswer(await withValues(path, names.includes('pin') ? ['pin'] : neededBy(path, parameters)));
  });

  test('they are many', () => {
    expect(shown.length).toBeGreaterThan(5);
    expect(forms.length).toBeGreaterThan(35);
  });
});

const withKey = () => ({ headers: { authorization: `Bearer ${key}` } });

async function expectAnswer(url: string): Promise<void> {
  const { status, text } = await testEnv.get(url, withKey());
  expect(status, text.slice(0, 500)).toBe(200);
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
}

/** None of the pages for machines, which the OpenAPI document does not have. */
async function parametersOf(path: string): Promise<readonly Parameter[]> {
  const { paths } = (await testEnv.get('/openapi.json')).json;
  return paths[path]?.get.parameters ?? [];
}

/** What is needed of points alone, or without a pin. */
const OF_POINTS: Readonly<Record<string, readonly string[]>> = {
  '/v1/data': ['dataset', 'from', 'to'],
  '/v1/data/aggregated': ['from', 'to'],
  '/v1/versions': ['series', 'at'],
};

function neededBy(path: string, parameters: readonly Parameter[]): string[] {
  const required = parameters.filter((each) => each.in === 'query' && each.required);
  return [...new Set([...required.map(({ name }) => name), ...(OF_POINTS[path] ?? [])])];
}

/** What the examples have loaded. */
const DAY = '2026-11-20';
const VALUES: Readonly<Record<string, string>> = {
  ...{ dataset: 'jao-core.max-exchanges', day: DAY, from: DAY, to: DAY, series: 'border_DE_FR' },
  ...{ at: `${DAY}T10:00:00Z`, resolution: '1h', table: 'swissgrid_frequency_data' },
  ...{ start_time: '2021-05-02T10:00:00Z', end_time: '2021-05-02T10:01:00Z' },
};

async function withValues(path: string, query: readonly string[]): Promise<string> {
  const ids = await idsOf(path);
  // Of these there are other datasets.
  if (path.endsWith('/{dataset}/files')) ids.dataset = 'swissgrid.frequency';
  if (path.startsWith('/data/aggregated')) ids.resolution = '30s';
  const wordOf = (name: string) => encodeURIComponent(ids[name] ?? VALUES[name] ?? `no value of ${name}`);
  const words = query.map((name) => `${name}=${wordOf(name)}`);
  return `${path.replace(/\{(\w+)\}/g, (_, name) => wordOf(name))}?${words.join('&')}`;
}

/** Of what is numbered, or made first. */
async function idsOf(path: string): Promise<Record<string, string>> {
  const { dataset, from, to } = VALUES;
  const pinned = { method: 'POST' as const, url: '/v1/pins', ...withKey(), payload: { dataset, from, to } };
  const pin = (await testEnv.api.inject(pinned)).json().pin;
  if (!path.includes('{id}')) return { pin };
  if (path.startsWith('/v1/backfills'))
    return { id: (await testEnv.get('/v1/backfills', withKey())).json.data[0].workflow_id };
  const [payload] = await testEnv.rows<{ id: number }>(
    'select max(id) as id from ops.payload where load_id is null',
  );
  return { id: String(payload?.id) };
}

describe('SQL', () => {
  test.each(byPlace(of('sql', true)))('%s', async (_, { text }) => {
    // Traders read everything except what is behind the relations, which is for operators.
    const role = /\b(ops|store)\b/.test(text) ? 'tidemark_writer' : 'tidemark_reader';
    const database = openDatabase({ url: testEnv.databaseUrl, role, application: 'examples' });
    try {
      for (const statement of text.split(/;[^\n]*\n/).filter((each) => each.trim() !== ''))
        await database.query(statement);
    } finally {
      await database.end();
    }
  });
});

describe('names in examples that are not run, and in sessions that are shown', () => {
  const shown = ALL.filter(({ language }) => language === '').map(
    (each) => [each.place, shownCommands(each)] as const,
  );
  const rest = of('sh', false).map(({ place, text }) => [place, text] as const);
  test.each([...rest, ...shown.filter(([, text]) => text !== '')])('%s', async (_, text) => {
    for (const [program, ...words] of await wordsOf(text, key)) {
      if (program === 'npm') expectScript(words);
      if (program === 'tidemark') await expectOptions(words);
    }
  });
});

function expectScript([verb = '', name = verb]: readonly string[]): void {
  const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(Object.keys(scripts)).toContain(name);
}

async function expectOptions(words: readonly string[]): Promise<void> {
  const first = words.findIndex((word) => word.startsWith('--'));
  const verb = words.slice(0, first === -1 ? words.length : first);
  const { code, printed } = await run([...verb, '--help']);
  expect(code).toBe(0);
  for (const option of words.filter((word) => word.startsWith('--'))) expect(printed).toContain(option);
}

test('there are examples of each kind', () => {
  for (const language of ['sh', 'sql']) {
    expect(of(language, true).length).toBeGreaterThan(8);
    expect(of(language, false).length).toBeLessThan(of(language, true).length + 10);
  }
});
