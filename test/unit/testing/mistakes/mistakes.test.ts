/** Does the contract catch the mistakes that authors make, and leave alone what is right? */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadDefinition } from '../../../../datasets/catalog.ts';
import { readingOf, storeRecording } from '../../../../datasets/recordings.ts';
import type { PulledPoints } from '../../../../domain/dataset/points.ts';
import { contractOfFolders } from '../../../../kit/testing/index.ts';
import { MISTAKES, type Mistake, OWN_AND_RIGHT } from './mistakes.ts';
import { DAY, PUBLISHERS } from './publishers.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-mistakes-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Random bodies take seconds, and know nothing of mistakes. */
const IS_FUZZED = /^survives |same content in other bytes/;

let places = 0;

/** What the contract says of a publisher's dataset with a mistake in it. */
async function failuresOf({
  publisher,
  change = [],
  source,
  body,
  derived,
  isOlder,
  status = 200,
}: Omit<Mistake, 'name' | 'says'>) {
  const right = PUBLISHERS[publisher];
  const place = join(folder, String(++places));
  const content = Buffer.from(body ? body(right.body) : right.body);
  const reading = isOlder && (await readingOfRight(publisher, content));
  write(place, planted(right.definition, change), source ? planted(right.source, [source]) : right.source);
  await storeRecording(join(place, 'publisher/table.recorded'), content, {
    ...{
      dataset: 'publisher.table',
      unit: DAY,
      part: '',
      url: 'https://publisher.example',
      requestedAt: '',
      status,
    },
    ...{ headers: {}, ...(reading && { reading }) },
  });
  if (right.derived) writeFileSync(join(place, 'publisher/sum.ts'), planted(right.derived, derived ?? []));
  const cases = (await contractOfFolders([place])).flatMap((contract) => contract.cases);
  const failures: string[] = [];
  for (const { name, run } of cases.filter((each) => !IS_FUZZED.test(each.name)))
    try {
      await run();
    } catch (error) {
      failures.push(`${name}: ${(error as Error).message}`);
    }
  return failures;
}

/** What was noted when the body was recorded, with the definition that is right. */
async function readingOfRight(publisher: keyof typeof PUBLISHERS, content: Buffer) {
  const place = join(folder, `right-${publisher}-${++places}`);
  write(place, PUBLISHERS[publisher].definition, PUBLISHERS[publisher].source);
  const dataset = (await loadDefinition(join(place, 'publisher/table.ts'))) as PulledPoints;
  return readingOf(dataset, { unit: DAY, content, about: {} });
}

function write(place: string, definition: string, source: string): void {
  mkdirSync(join(place, 'publisher'), { recursive: true });
  writeFileSync(join(place, 'package.json'), '{"type":"module"}');
  writeFileSync(join(place, 'publisher/table.ts'), definition);
  writeFileSync(join(place, 'publisher/source.ts'), source);
}

function planted(text: string, changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((wrong, [from, to]) => {
    expect(wrong).toContain(from);
    return wrong.replaceAll(from, () => to);
  }, text);
}

test.each(Object.keys(PUBLISHERS) as (keyof typeof PUBLISHERS)[])(
  '%s, which is right, has no failure',
  async (publisher) => {
    expect(await failuresOf({ publisher })).toEqual([]);
  },
);

test("a decoder of one's own that is right has no failure", async () => {
  expect(await failuresOf({ publisher: 'prices', change: OWN_AND_RIGHT })).toEqual([]);
});

test.each(MISTAKES)('$name', async ({ says, ...mistake }) => {
  expect((await failuresOf(mistake)).join('\n')).toContain(says);
});
