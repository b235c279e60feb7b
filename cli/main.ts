/** The `tidemark` command in a process of its own; `tidemark.js` starts it. */
import type { Io } from './context.ts';
import { runTidemark } from './run.ts';

/** Standard input is opened, and the working folder looked up, only by a verb that needs them. */
const PROCESS: Io = {
  env: process.env,
  get folder() {
    return process.cwd();
  },
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
};

/** Runs the command line and returns the exit code. */
export function main(args: readonly string[]): Promise<number> {
  return runTidemark(args, PROCESS);
}
