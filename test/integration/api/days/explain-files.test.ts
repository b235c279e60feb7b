/** Can a value of a file be led back to its line: file, number, text? And what is said when the file is gone or another one? */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLoad } from '../../../../temporal/loads.ts';
import { type ApiEnvironment, openApiEnvironment } from '../../../support/api/api-environment.ts';
import { settingsOf, tidemark } from '../../../support/command.ts';

const DATASET = 'swissgrid.stresstest-frequency';
const folder = mkdtempSync(join(tmpdir(), 'tidemark-explain-'));
const file = join(folder, 'frequency.csv');
const AT = '2023-01-11T05:10:00Z';
const START_MS = Date.parse('2023-01-10T00:00:00+01:00');
const lines = Array.from({ length: 2 * 144 }, (_, n) => {
  const instant = new Date(START_MS + n * 600_000).toISOString().slice(0, 19);
  return `"${instant}Z";${(50 + n / 1e5).toFixed(5)}`;
});
const line = lines.findIndex((each) => each.includes(AT)) + 2;
const text = `${['time;frequency', ...lines].join('\n')}\n`;

let testEnv: ApiEnvironment;
beforeAll(async () => {
  testEnv = await openApiEnvironment({ filesFolder: join(folder, 'texts') });
  await testEnv.startWorker();
  await load(text);
});
afterAll(async () => {
  await testEnv?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function load(content: string): Promise<void> {
  writeFileSync(file, content);
  await (await startLoad(testEnv.temporal, { dataset: DATASET, file })).result();
}

const explain = async (at = AT) =>
  (await testEnv.get(`/v1/explain?dataset=${DATASET}&series=frequency&at=${at}`)).json;
const explainInWords = () =>
  tidemark(settingsOf(testEnv), 'explain', DATASET, '--series', 'frequency', '--at', AT);

test('the line, its number and its file', async () => {
  const { versions } = await explain();
  expect(versions).toMatchObject([
    {
      ...{ place: `line ${line}`, raw: lines[line - 2], unread: null },
      payload: { url: file, trigger: 'load', first_line: 146, byte_from: text.indexOf(lines[144] ?? '') },
    },
  ]);
  expect(versions[0].payload.link).toContain(`load:${DATASET}:frequency.csv:`);
  const { code, stdout } = await explainInWords();
  expect(code).toBe(0);
  expect(stdout).toContain(
    `of ${file}\n  the value stands at line ${line}\n    ${lines[line - 2]}\n  loaded `,
  );
  expect(stdout).toMatch(/run by load: load:swissgrid.stresstest-frequency:frequency.csv/);
});

test('the bytes of a part of a file are those of its lines', async () => {
  const [{ payload }] = (await explain()).versions;
  const { status, text: content, headers } = await testEnv.get(payload.content);
  expect([status, content]).toEqual([200, `${lines.slice(144).join('\n')}\n`]);
  expect(headers.etag).toBe(`"${payload.sha256}"`);
});

test('a file that is gone or another one: a message, and what is known without it', async () => {
  const [{ payload }] = (await explain()).versions;
  renameSync(file, `${file}.gone`);
  expect((await explain()).versions).toMatchObject([
    {
      value: expect.any(Number),
      place: null,
      raw: null,
      unread: expect.stringMatching(/cannot be read .*put it back/),
    },
  ]);
  writeFileSync(file, text.replaceAll('50.', '49.'));
  expect((await explain()).versions).toMatchObject([
    { unread: expect.stringContaining('put that file back') },
  ]);
  expect((await explainInWords()).stdout).toContain('its line cannot be shown: bytes ');
  const content = await testEnv.get(payload.content);
  expect(content).toMatchObject({
    ...{ status: 422, json: { detail: expect.stringContaining('put that file back') } },
    headers: { 'cache-control': 'no-store' },
  });
  expect(content.headers.etag).toBeUndefined();
  renameSync(`${file}.gone`, file);
  expect((await explain()).versions).toMatchObject([{ unread: null }]);
});
