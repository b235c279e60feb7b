/** Our programs as processes of their own. */
import type { ChildProcess } from 'node:child_process';
import { join, relative } from 'node:path';
import { ROOT } from '../../config/installation.ts';

/** Names the folder in which a run of tests has everything compiled. */
const COMPILED = 'TIDEMARK_TEST_COMPILED';

/** For this process and those that it starts: the test processes get it with their environment. */
export function provideCompiled(folder: string): void {
  process.env[COMPILED] = folder;
}

/**
 * What Node runs: the program compiled, as it is released, or from source where nothing was compiled (`npm run chaos`).
 * @param name its file without the extension: `workers/main`
 */
export function programOf(name: string): string[] {
  const folder = process.env[COMPILED];
  return folder ? [join(folder, `${name}.js`)] : ['--import', 'tsx/esm', `${name}.ts`];
}

/** The file of the `tidemark` command, compiled or not. */
export function commandFile(): string {
  return compiledForm(join(ROOT, 'cli/tidemark.js'));
}

/** Where a file or folder of this clone lies compiled, or itself where nothing was compiled. */
export function compiledForm(path: string): string {
  return join(process.env[COMPILED] ?? ROOT, relative(ROOT, path));
}

/**
 * Waits for what a program sends when it is ready, and returns it.
 * @param printed what it has printed, for the message
 * @throws Error when it ends instead.
 */
export async function untilReady(child: ChildProcess, printed = () => ''): Promise<unknown> {
  return await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code, signal) =>
      reject(
        new Error(`${child.spawnargs[1]} ended with ${signal ?? code} before it was ready\n${printed()}`),
      ),
    );
  });
}
