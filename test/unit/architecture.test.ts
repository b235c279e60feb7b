/** Would a breach of the dependency rule of docs/architecture.md be noticed? That the code keeps it is a guard of `npm run check`. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../support/rooms.ts';

/** The names of the rules that a tree of sources breaks. */
async function brokenRules(root: string, folders: readonly string[]): Promise<string[]> {
  const depcruise = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [depcruise, '--config', 'scripts/dependency-cruiser.cjs', '--output-type', 'json', ...folders];
  const output = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, args, { cwd: root, maxBuffer: 1 << 26 }, (_broken, stdout, stderr) =>
      stdout ? resolve(stdout) : reject(new Error(stderr)),
    );
  });
  const { summary } = JSON.parse(output) as {
    summary: { violations: { rule: { name: string } }[]; totalCruised: number };
  };
  expect(summary.totalCruised).toBeGreaterThan(0);
  return [...new Set(summary.violations.map(({ rule }) => rule.name))].toSorted();
}

/** A breach per rule, planted in a tree of its own. */
const PLANTED: Readonly<Record<string, string>> = {
  'domain/reads-disk.ts': "import { readFileSync } from 'node:fs';\nexport const x = readFileSync;",
  'datasets/a/asks-database.ts': "import { y } from '../../db/y.ts';\nexport const x = y;",
  'datasets/catalog.ts': "import { y } from '../db/y.ts';\nexport const x = y;",
  'workflows/uses-dataset.ts': "import { x } from '../datasets/a/asks-database.ts';\nexport const z = x;",
  'workflows/runs-activity.ts': "import { act } from '../activities/act.ts';\nexport const z = act;",
  'activities/act.ts': "import { z } from '../workflows/uses-dataset.ts';\nexport const act = z;",
  'db/y.ts': "import { x } from '../datasets/a/asks-database.ts';\nexport const y = x;",
  'temporal/starts.ts':
    "import { z } from '../workflows/uses-dataset.ts';\nimport { y } from '../db/y.ts';\nexport const s = [z, y];",
  'simulator/knows-us.ts': "import { x } from '../domain/reads-disk.ts';\nexport const z = x;",
  'db/read/knows-http.ts': "import { z } from '../../api/acts.ts';\nexport const x = z;",
  'cli/imports-worker.ts': "import { w } from '../workers/w.ts';\nexport const z = w;",
  'cli/program.ts': "import { y } from '../db/y.ts';\nexport const z = y;",
  'workers/w.ts': "import { nothing } from '../test/nothing.ts';\nexport const w = nothing;",
  'workers/undeclared.ts': "import { version } from 'esbuild';\nexport const v = version;",
  'api/acts.ts': "import { act } from '../activities/act.ts';\nexport const z = act;",
  'api/draws.ts': "import { w } from '../web/knows-us.js';\nexport const z = w;",
  'web/knows-us.js': "import { x } from '../domain/reads-disk.ts';\nexport const w = x;",
  'test/nothing.ts': 'export const nothing = 1;',
  'db/uses-root.ts':
    "import { w } from '../workers/w.ts';\nimport { c } from '../config/config.ts';\nexport const z = [w, c];",
  'config/config.ts': "export const c = 1;\nexport * from './nowhere.ts';",
};

let planted: string;

beforeAll(async () => {
  planted = await mkdtemp(join(tmpdir(), 'tidemark-planted-'));
  for (const [file, source] of Object.entries(PLANTED)) {
    await mkdir(dirname(join(planted, file)), { recursive: true });
    await writeFile(join(planted, file), source);
  }
  for (const file of ['scripts/dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
    await cp(join(ROOT, file), join(planted, file));
  // esbuild is here because another package needs it, and not in package.json.
  await symlink(join(ROOT, 'node_modules'), join(planted, 'node_modules'));
});

afterAll(() => rm(planted, { recursive: true }));

test('every planted breach is noticed', async () => {
  const folders = [...new Set(Object.keys(PLANTED).map((file) => file.split('/')[0] as string))];
  expect(await brokenRules(planted, folders)).toEqual([
    'activities-imports-only',
    'api-reads-and-asks',
    'catalog-imports-only',
    'datasets-imports-only',
    'db-imports-only',
    'db/read-imports-only',
    'domain-imports-only',
    'help-needs-no-work',
    'no-circular',
    'no-undeclared-package',
    'nobody-imports-roots',
    'nobody-imports-the-page',
    'not-to-unresolvable',
    'only-roots-read-settings',
    'roots-do-not-import-each-other',
    'simulator-stands-alone',
    'temporal-imports-only',
    'temporal-imports-only-types-of-workflows',
    'tools-are-not-imported',
    'web-imports-only',
    'workflows-imports-only',
    'workflows-imports-only-types-of-activities',
  ]);
});
