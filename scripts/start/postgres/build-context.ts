/** What the steps of preparing a PostgreSQL share. */
import { mkdirSync } from 'node:fs';
import type { Apt } from '../machine/apt.ts';
import { type Report, runCommand } from '../machine/run-command.ts';

/** What one preparation works with. */
export interface BuildContext {
  readonly apt: Apt;
  /** Scratch space, without blanks in its path: make and pg_config do not survive them. */
  readonly dir: string;
  readonly logFile: string;
  readonly report: Report;
}

/** Unpacks Debian packages over each other. */
export async function unpack(files: readonly string[], folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const file of files) await runCommand(['dpkg-deb', '--extract', file, folder]);
}
