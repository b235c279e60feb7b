/**
 * `npm run package`: builds the release in dist/package, and as dist/tidemark-<version>.tgz with dist/sbom.cdx.json. Sources are compiled
 * file by file, so that all paths stay the same; the workflow bundle is built.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../config/installation.ts';
import { compileInto } from './compile.ts';

const run = promisify(execFile);
const OUTPUT = join(ROOT, 'dist');
const PACKAGE = join(OUTPUT, 'package');
const PAPERS = ['README.md', 'CHANGELOG.md', 'LICENSE', '.github/SECURITY.md'];

/** The executable programs; each begins with a line that names its interpreter. */
const PROGRAMS = {
  'tidemark-api': './api/main.js',
  'tidemark-migrate': './workers/migrate.js',
  'tidemark-start': './scripts/start/main.js',
  'tidemark-worker': './workers/main.js',
};

await rm(PACKAGE, { recursive: true, force: true });
await compileInto(PACKAGE, '-p', 'scripts/tsconfig.release.json');
for (const name of PAPERS) await cp(join(ROOT, name), join(PACKAGE, basename(name)));
await mkdir(join(PACKAGE, 'data'), { recursive: true });
await writeManifest();
await run('node', ['workers/bundle-now.js'], { cwd: PACKAGE });
const { stdout: sbom } = await inRoot('npm', 'sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev');
await writeFile(join(OUTPUT, 'sbom.cdx.json'), sbom);
const { stdout: packed } = await run('npm', ['pack', '--silent', '--pack-destination', OUTPUT], {
  cwd: PACKAGE,
});
console.log(join(OUTPUT, basename(packed.trim())));

function inRoot(program: string, ...args: string[]) {
  return run(program, args, { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 });
}

/** Without development fields; importers get the compiled files, with types. */
async function writeManifest(): Promise<void> {
  const {
    private: _,
    scripts,
    devDependencies,
    exports,
    bin,
    ...kept
  } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    readonly bin: Record<string, string>;
  } & Record<string, unknown>;
  const manifest = {
    ...kept,
    exports: {
      '.': { types: './kit/index.d.ts', default: './kit/index.js' },
      './testing': { types: './kit/testing/index.d.ts', default: './kit/testing/index.js' },
      './package.json': './package.json',
    },
    bin: { ...bin, ...PROGRAMS },
  };
  await writeFile(join(PACKAGE, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
