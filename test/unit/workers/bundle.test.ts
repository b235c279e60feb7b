/** Is each module of the workflow bundle a part of its version, and does nothing else make a new one? */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundledSources, TRACED, workflowBundle } from '../../../workers/bundle.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-bundle-'));
});
afterAll(() => rm(folder, { recursive: true }));

test.each([
  ['a worker', {}],
  ['a worker that traces', TRACED],
])('the version of %s is made from what its bundle contains', async (_of, options) => {
  const { codePath } = await workflowBundle({ ...options, folder });
  const code = await readFile(codePath, 'utf8');
  const bundled = [...code.matchAll(/"\.\/((?:workflows|domain)\/[\w/.-]+\.ts)"/g)].map(
    ([, file = '']) => file,
  );
  const hashed = (await bundledSources(options.interceptors)).map(([file]) => file);
  expect(hashed).toEqual(expect.arrayContaining([...new Set(bundled)]));
  expect(hashed).toContain('workflows/ingest-day.ts');
  expect(hashed).not.toContain('domain/lines/detect-table.ts');
});
