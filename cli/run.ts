/**
 * Runs the `tidemark` command. Exit codes: 0 fine, 1 some days (or checks) are not fine, 2 a usage error or a server that
 * does not answer.
 */
import { CommanderError, type OutputConfiguration } from 'commander';
import type { CliContext, Io, Output } from './context.ts';
import { createProgram } from './program.ts';

/**
 * Runs a command line to its end: all output goes to `io`, all connections are closed, and it never throws. Several may
 * run at once in one process.
 * @param args the words after `tidemark`.
 * @returns the exit code.
 */
export async function runTidemark(args: readonly string[], io: Io): Promise<number> {
  let exitCode = 0;
  const run = async (json: boolean | undefined, action: (context: CliContext) => Promise<number>) => {
    // What verbs work with is imported only now: help and usage errors need none of it.
    const context = await (await import('./context.ts')).CliContext.open(json ?? false, io);
    try {
      exitCode = await context.inSpan(`tidemark ${args[0]}`, () => action(context));
    } finally {
      await context.close();
    }
  };
  try {
    const program = await createProgram(run, { typed: args, output: outputTo(io) });
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return await report(error, io);
  }
}

function outputTo({ stdout, stderr }: Io): OutputConfiguration {
  return {
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
    getOutHelpWidth: () => widthOf(stdout),
    getErrHelpWidth: () => widthOf(stderr),
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  };
}

/** Width in columns; the usual one for anything but a terminal. */
function widthOf({ isTTY, columns }: Output): number {
  return (isTTY ? columns : undefined) ?? 80;
}

async function report(error: unknown, { stderr }: Io): Promise<number> {
  // Commander has printed its own message already; help is not an error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { messageOf } = await import('./describe.ts');
  stderr.write(`tidemark: ${messageOf(error)}\n`);
  return 2;
}
