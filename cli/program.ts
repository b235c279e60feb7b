/** The verbs of the `tidemark` command: what operators and traders type. */
import { Command, type OutputConfiguration } from 'commander';
import { VERSION } from '../config/installation.ts';
import type { CliContext } from './context.ts';

/** Adds a command to the program; its action returns the exit code. */
export type AddCommand = (program: Command, run: Run) => void;
/** Runs an action with a context that is closed afterwards. */
export type Run = (
  json: boolean | undefined,
  action: (context: CliContext) => Promise<number>,
) => Promise<void>;

/**
 * The module of each verb, in the order of the help. Only that of the typed verb is imported: all of them take 0.04 s more. What
 * a verb does is imported by its action, when it runs.
 */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  backfill: async () => (await import('./commands/backfill.ts')).backfillCommand,
  steer: async () => (await import('./commands/steer.ts')).steerCommand,
  backfills: async () => (await import('./commands/backfills.ts')).backfillsCommand,
  load: async () => (await import('./commands/load.ts')).loadCommand,
  rerun: async () => (await import('./commands/rerun.ts')).rerunCommand,
  refresh: async () => (await import('./commands/refresh.ts')).refreshCommand,
  rebuild: async () => (await import('./commands/rebuild.ts')).rebuildCommand,
  erase: async () => (await import('./commands/erase.ts')).eraseCommand,
  erasures: async () => (await import('./commands/erase.ts')).erasuresCommand,
  status: async () => (await import('./commands/status.ts')).statusCommand,
  files: async () => (await import('./commands/files.ts')).filesCommand,
  days: async () => (await import('./commands/days.ts')).daysCommand,
  query: async () => (await import('./commands/query.ts')).queryCommand,
  changes: async () => (await import('./commands/changes.ts')).changesCommand,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  quarantine: async () => (await import('./commands/quarantine.ts')).quarantineCommand,
  absent: async () => (await import('./commands/absent.ts')).absentCommand,
  pause: async () => (await import('./commands/pause.ts')).pauseCommand,
  resume: async () => (await import('./commands/pause.ts')).resumeCommand,
  enable: async () => (await import('./commands/enable.ts')).enableCommand,
  disable: async () => (await import('./commands/enable.ts')).disableCommand,
  locations: async () => (await import('./commands/locations.ts')).locationsCommand,
  notify: async () => (await import('./commands/notify.ts')).notifyCommand,
  keys: async () => (await import('./commands/keys.ts')).keysCommand,
  dataset: async () => (await import('./commands/dataset.ts')).datasetCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
};

interface ProgramOptions {
  /** The first word; when it is a verb, the program has only that one. */
  readonly typed?: string | undefined;
  /** Where help and usage errors are written. @default those of the process */
  readonly output?: OutputConfiguration;
}

/** The program with all its verbs; the docs are generated from it. */
export async function createProgram(
  run: Run,
  { typed = '', output = {} }: ProgramOptions = {},
): Promise<Command> {
  const program = new Command('tidemark')
    .description('Durable ingestion of published market data: start, inspect and query.')
    .version(VERSION, '--version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [verb]', 'show help of a verb')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'after',
      '\nExit codes: 0 fine, 1 some days are not fine, 2 a usage error or a server that does not answer.',
    )
    .exitOverride()
    .configureOutput(output)
    .showHelpAfterError('(--help shows the verbs)');
  const only = Object.hasOwn(COMMANDS, typed) ? COMMANDS[typed] : undefined;
  for (const load of only ? [only] : Object.values(COMMANDS)) (await load())(program, run);
  for (const command of program.commands.flatMap((verb) => [verb, ...verb.commands]))
    command.exitOverride().showHelpAfterError('(--help shows the options)');
  return program;
}
