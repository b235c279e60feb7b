/** Another version of the workflow code: today's, but for what a day does first. */
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { expect } from 'vitest';
import { ROOT } from '../../config/installation.ts';

/** The step before which another version does something more. */
export const FIRST_STEP = 'const fetched = await haste.fetchDay';

/** The bundle of a copy of today's workflows with another first step of a day; it may use `patched` and `sleep`. */
export async function codeWith(firstStep: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-variant-'));
  try {
    for (const part of ['workflows', 'domain', 'activities']) {
      await mkdir(join(folder, part));
      await cp(join(ROOT, part), join(folder, part), { recursive: true });
    }
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const file = join(folder, 'workflows/ingest-day.ts');
    const code = await readFile(file, 'utf8');
    expect(code).toContain(FIRST_STEP);
    const imports = code.replace('import {', 'import {\n  patched,\n  sleep,');
    await writeFile(file, imports.replace(FIRST_STEP, firstStep));
    const workflowsPath = join(folder, 'workflows/index.ts');
    return (await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') })).code;
  } finally {
    await rm(folder, { recursive: true });
  }
}
