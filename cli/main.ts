/**
 * The `tidemark` command: composition root of what operators and traders type. Exit codes: 0 fine, 1 some days (or
 * checks) are not fine, 2 wrong use or a server that does not answer.
 */
import { Command, CommanderError } from 'commander';
import { absentCommand } from './commands/absent.ts';
import { backfillCommand } from './commands/backfill.ts';
import { backfillsCommand } from './commands/backfills.ts';
import { changesCommand } from './commands/changes.ts';
import { daysCommand } from './commands/days.ts';
import { doctorCommand } from './commands/doctor.ts';
import { explainCommand } from './commands/explain.ts';
import { pauseCommand, resumeCommand } from './commands/pause.ts';
import { quarantineCommand } from './commands/quarantine.ts';
import { queryCommand } from './commands/query.ts';
import { rebuildCommand } from './commands/rebuild.ts';
import { rerunCommand } from './commands/rerun.ts';
import { statusCommand } from './commands/status.ts';
import { steerCommand } from './commands/steer.ts';
import { CliContext } from './context.ts';
import { sentenceOf } from './sentence.ts';

/** Adds a command to the program; its action returns the exit code. */
export type AddCommand = (program: Command, run: Run) => void;
/** Runs an action with a context that is closed afterwards. */
export type Run = (
  json: boolean | undefined,
  action: (context: CliContext) => Promise<number>,
) => Promise<void>;

const COMMANDS: readonly AddCommand[] = [
  backfillCommand,
  steerCommand,
  backfillsCommand,
  rerunCommand,
  rebuildCommand,
  statusCommand,
  daysCommand,
  queryCommand,
  changesCommand,
  explainCommand,
  quarantineCommand,
  absentCommand,
  pauseCommand,
  resumeCommand,
  doctorCommand,
];

/** Runs the command line and returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = createProgram(async (json, action) => {
    const context = await CliContext.open(json ?? false);
    try {
      exitCode = await action(context);
    } finally {
      await context.close();
    }
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error);
  }
}

/** The program with all its verbs; the docs are generated from it. */
export function createProgram(run: Run): Command {
  const program = new Command('tidemark')
    .description('Durable ingestion of published market data: start, inspect and query.')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [verb]', 'show help of a verb')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'after',
      '\nExit codes: 0 fine, 1 some days are not fine, 2 wrong use or a server that does not answer.',
    )
    .exitOverride()
    .showHelpAfterError('(--help shows the verbs)');
  for (const add of COMMANDS) add(program, run);
  for (const command of program.commands.flatMap((verb) => [verb, ...verb.commands]))
    command.exitOverride().showHelpAfterError('(--help shows the options)');
  return program;
}

function report(error: unknown): number {
  // Commander has printed its own message already; help is not an error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  console.error(`tidemark: ${sentenceOf(error)}`);
  return 2;
}
