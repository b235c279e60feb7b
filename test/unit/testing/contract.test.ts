/** Does the contract fail the dataset that is wrong, and no other, and say how? */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../../config/installation.ts';
import { storeRecording } from '../../../datasets/recordings.ts';
import { contractOf, type DatasetContract } from '../../../kit/testing/index.ts';

const ACME = join(ROOT, 'test/fixtures/acme-datasets/datasets');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-contract-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A dataset beside that of acme, which differs from it in one place. */
function plant(place: string, name: string, text: string, instead: string): void {
  const fine = readFileSync(join(place, 'acme/spot-prices.ts'), 'utf8');
  expect(fine).toContain(text);
  const wrong = fine.replace('acme.spot-prices', `acme.${name}`).replace(text, instead);
  writeFileSync(join(place, `acme/${name}.ts`), wrong);
}

/** A folder of its own with such a dataset, `acme.wrong`. */
function planted(name: string, text: string, instead: string): string {
  const place = join(folder, name);
  cpSync(ACME, place, { recursive: true });
  plant(place, 'wrong', text, instead);
  return place;
}

/** What fails of each dataset, by its id: names of cases and what they say. */
async function failuresOf(place: string): Promise<Record<string, string[]>> {
  const contracts = await contractOf([place]);
  return Object.fromEntries(contracts.map((contract) => [contract.id, failuresIn(contract)]));
}

function failuresIn({ cases }: DatasetContract): string[] {
  return cases.flatMap(({ name, run }) => {
    try {
      run();
      return [];
    } catch (error) {
      return [`${name}: ${(error as Error).message}`];
    }
  });
}

const PLANTED = [
  ["licence: 'private'", "licence: ' '", 'licence says something: licence is " "'],
  [
    "description: 'Prices of the day-ahead auction by area.'",
    "description: 'Prices'",
    'does not end with a full stop',
  ],
  ['chunkDays: 90', 'chunkDays: 0', 'is a definition: '],
  ['chunkDays: 90', 'chunkDays: 90, colour: 1', 'colour is 1, which nothing knows'],
  ["time: '14:00'", "time: '12:15'", '"opens", "expected" and "deadline" do not come in this order'],
  ['to: new Date(endMs).toISOString()', "to: ''", 'query "to" is empty'],
  [
    'query: { from: new Date(startMs).toISOString(), to: new Date(endMs).toISOString() }',
    'query: {}',
    'two days are requested alike',
  ],
  [
    'decode: delimitedTable(',
    'decode: ((_) => (body) => ({ points: [], findings: [], x: JSON.parse(String(body)) }))(',
    'throw AnswerRefused, or give findings',
  ],
  ['AREA.test(area) ? { zone: area } : {}', "{ zone: '' }", 'attributes of a series are texts'],
  ['maxBytes: 1024 * 1024', 'maxBytes: 10', 'maxBytes is 10, and a good answer has'],
] as const;

test('each of many wrong datasets fails in its own way; the good one beside them does not fail', async () => {
  const place = join(folder, 'many');
  cpSync(ACME, place, { recursive: true });
  for (const [i, [text, instead]] of PLANTED.entries()) plant(place, `wrong-${i}`, text, instead);
  const { 'acme.spot-prices': fine, ...wrong } = await failuresOf(place);
  expect(fine).toEqual([]);
  for (const [i, [, , message]] of PLANTED.entries())
    expect.soft(wrong[`acme.wrong-${i}`]?.join('\n')).toContain(message);
});

test('an example that lacks a series of those expected fails the days that it was made for', async () => {
  const place = planted('example', 'chunkDays: 90', 'chunkDays: 30');
  writeFileSync(
    join(place, 'acme/wrong.example.ts'),
    "import { exampleOf } from 'tidemark';\nimport dataset from './wrong.ts';\nexport default exampleOf(dataset, { series: ['NO1'] });\n",
  );
  const { 'acme.wrong': failures = [] } = await failuresOf(place);
  expect(failures.join('\n')).toContain('the day is not complete by expectedSeries and resolution');
  expect(failures.every((failure) => failure.startsWith('a good answer for '))).toBe(true);
});

test('a recording that is refused, or was changed, fails its dataset', async () => {
  const place = planted('recording', 'chunkDays: 90', 'chunkDays: 30');
  const about = {
    dataset: 'acme.wrong',
    part: '',
    url: 'https://acme.example',
    requestedAt: '',
    status: 200,
    headers: {},
    incomplete: 'one line is enough here',
  };
  const store = (unit: string, text: string) =>
    storeRecording(join(place, 'acme/wrong.recorded'), Buffer.from(text), { ...about, unit });
  await store('2026-11-20', '2026-11-20T10:00:00Z;NO1;41.5\n');
  expect(await failuresOf(place)).toEqual({ 'acme.spot-prices': [], 'acme.wrong': [] });
  const path = await store('2026-11-21', '<html>');
  expect((await failuresOf(place))['acme.wrong']).toEqual([
    expect.stringContaining(
      'the recording of 2026-11-21 is whole, and of its day: it is refused: line 1 has 1 cells',
    ),
  ]);
  writeFileSync(path.replace('.json', '.body'), 'x');
  const { 'acme.wrong': changed = [], ...others } = await failuresOf(place);
  expect(changed).toEqual([expect.stringContaining('has other bytes than 2026-11-21.json says')]);
  expect(others).toEqual({ 'acme.spot-prices': [] });
});
