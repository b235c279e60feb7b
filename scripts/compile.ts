/** Compiles the sources file by file, so that everything lies where it lies here, and lays beside it what is no source. */
import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../config/installation.ts';

const run = promisify(execFile);
/** Taken as they are: folders, and what lies beside the sources of others. */
const FOLDERS = ['web', 'deploy/monitoring'];
const FILES_BESIDE_SOURCES = /\.(sql|mjs|js)$/;
const ROOMS_WITH_FILES = ['datasets', 'db', 'scripts/start', 'cli'];
const MANIFEST = 'package.json';

/**
 * @param options of the compiler
 * @throws Error with the compiler's messages
 */
export async function compileInto(folder: string, ...options: readonly string[]): Promise<void> {
  const args = [join(ROOT, 'node_modules/typescript7/bin/tsc'), '--outDir', folder, ...options];
  await run(process.execPath, args, { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 });
  const isFile = (path: string) => !/\.[^/]+$/.test(basename(path)) || FILES_BESIDE_SOURCES.test(path);
  for (const name of [...FOLDERS, MANIFEST])
    await cp(join(ROOT, name), join(folder, name), { recursive: true });
  for (const name of ROOMS_WITH_FILES)
    await cp(join(ROOT, name), join(folder, name), { recursive: true, filter: isFile });
}
