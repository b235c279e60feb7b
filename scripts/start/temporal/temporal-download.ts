// Lets the Temporal SDK download its development server, in a separate process that is ended when the download stalls.
import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./download-temporal.mjs', import.meta.url));
/** A closed network often swallows packets instead of refusing them. */
const STILLSTAND_LIMIT_MS = 20_000;
const POLL_MS = 250;

/**
 * Downloads into an empty folder; returns the path of the program.
 * @throws Error with the SDK's reason, or when nothing arrived for 20 s.
 */
export async function downloadBySdk(folder: string): Promise<string> {
  const child = spawn(process.execPath, [SCRIPT, folder], { stdio: ['ignore', 'ignore', 'pipe'] });
  let reason = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    reason += text;
  });
  let exitCode: number | null | undefined;
  child.once('close', (code) => {
    exitCode = code;
  });
  for (let moved = Date.now(), size = 0; exitCode === undefined; await delay(POLL_MS)) {
    const now = sizeOf(folder);
    if (now !== size) moved = Date.now();
    size = now;
    if (Date.now() - moved > STILLSTAND_LIMIT_MS) child.kill('SIGKILL');
  }
  const program = readdirSync(folder).find((name) => !name.endsWith('.downloading'));
  if (exitCode === 0 && program) return join(folder, program);
  // The SDK repeats itself on the way out; the cause is at the end.
  const cause = reason.trim().split(': ').slice(-3).join(': ');
  throw new Error(cause || `nothing arrived for ${STILLSTAND_LIMIT_MS / 1000} s`);
}

function sizeOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
