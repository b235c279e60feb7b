/** A note of what runs, so that `npx tidemark` finds it from another terminal (read by config/config.ts). */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes the note, readable for us alone: it has a password. Returns what takes it away again. */
export function rememberRunning(
  stateDir: string,
  settings: Readonly<Record<string, string>>,
): () => Promise<void> {
  const file = join(stateDir, 'running.json');
  rmSync(file, { force: true });
  writeFileSync(file, `${JSON.stringify({ pid: process.pid, settings }, null, 2)}\n`, { mode: 0o600 });
  return async () => rmSync(file, { force: true });
}
