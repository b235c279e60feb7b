/** Runs programs in the project's root. */
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Shares this process's terminal. Resolves with the exit code; 1 when a signal ended it. @throws when it could not be started. */
export function run(program, args) {
  return ended(spawn(program, args, { cwd: ROOT, stdio: 'inherit' }));
}

/** In parallel with others: resolves with the exit code and the whole output. @throws when it could not be started. */
export async function runBeside(program, args) {
  const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  return { code: await ended(child), output };
}

function ended(child) {
  return new Promise((resolve, reject) => {
    // Ctrl-C reaches the child through the terminal; we wait until it has stopped its servers.
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
