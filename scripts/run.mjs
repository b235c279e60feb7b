/** Runs a program in the project's root with the terminal of this one. */
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Resolves with the exit code; 1 when a signal ended it. @throws when it could not be started. */
export function run(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: 'inherit' });
    // Ctrl-C reaches the child through the terminal; we stay until it has stopped its servers.
    const stay = () => {};
    const tell = () => child.kill('SIGTERM');
    process.on('SIGINT', stay).on('SIGTERM', tell);
    child.once('error', reject);
    child.once('close', (code) => {
      process.off('SIGINT', stay).off('SIGTERM', tell);
      resolve(code ?? 1);
    });
  });
}
