/** Would a package with another licence, an unread install script or no checksum be noticed? */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Entry {
  readonly version: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dev?: true;
  readonly optional?: true;
  readonly hasInstallScript?: true;
}
type Packages = Record<string, Entry>;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-audit-'));
  for (const file of ['package-lock.json', 'scripts/audit-allowed.json'])
    await cp(join(ROOT, file), join(folder, file));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
});
afterEach(() => rm(folder, { recursive: true }));

/** What the audit complains of when the lock file has been changed. */
async function complaints(change: (packages: Packages) => void): Promise<string[]> {
  const file = join(folder, 'package-lock.json');
  const lock = JSON.parse(await readFile(file, 'utf8')) as { packages: Packages };
  change(lock.packages);
  await writeFile(file, JSON.stringify(lock));
  return await new Promise((resolve) => {
    execFile(process.execPath, [join(ROOT, 'scripts/audit.mjs'), folder], (error, _stdout, stderr) =>
      resolve(error ? stderr.trim().split('\n') : []),
    );
  });
}

const SOUND: Entry = { version: '1.0.0', license: 'MIT', integrity: 'sha512-x' };

test('our packages are in order', async () => {
  expect(await complaints(() => {})).toEqual([]);
});

test.each(['GPL-3.0-only', 'MIT AND GPL-3.0-only', 'SEE LICENSE IN LICENCE', undefined])(
  'licence %s',
  async (license) => {
    const { license: _known, ...rest } = SOUND;
    const planted = license === undefined ? rest : { ...rest, license };
    expect(
      await complaints((packages) => Object.assign(packages, { 'node_modules/planted': planted })),
    ).toEqual([
      `planted@1.0.0: its licence is ${license ?? 'not named'}. Take another package, or read the licence and add it to scripts/audit-allowed.json`,
    ]);
  },
);

test.each([
  { ...SOUND, license: '(GPL-3.0-only OR MIT)' },
  { ...SOUND, license: 'GPL-3.0-only', dev: true as const },
])('a licence that one may choose, or of a tool: %o', async (planted) => {
  expect(
    await complaints((packages) => Object.assign(packages, { 'node_modules/planted': planted })),
  ).toEqual([]);
});

test('a package that runs a script when it is installed, a tool too', async () => {
  const planted: Entry = { ...SOUND, dev: true, hasInstallScript: true };
  const path = 'node_modules/vitest/node_modules/@planted/tool';
  expect(await complaints((packages) => Object.assign(packages, { [path]: planted }))).toEqual([
    '@planted/tool@1.0.0: it runs a script when it is installed. Read the script and add a sentence to scripts/audit-allowed.json, or take another package',
  ]);
});

test('a package without a checksum', async () => {
  const { integrity: _checksum, ...planted } = SOUND;
  expect(
    await complaints((packages) => Object.assign(packages, { 'node_modules/planted': planted })),
  ).toEqual(['planted@1.0.0: package-lock.json has no checksum of it. Run "npm install" again']);
});

test('a list that allows what nothing needs any more', async () => {
  expect(
    await complaints((packages) => {
      for (const [path, entry] of Object.entries(packages))
        if (path.endsWith('/protobufjs')) packages[path] = { ...SOUND, version: entry.version };
    }),
  ).toEqual(['protobufjs: nothing needs it. Take it out of scripts/audit-allowed.json']);
});
