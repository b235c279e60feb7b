/** The verbs of the `tidemark` command: what operators and traders type. */
import { Command, type OutputConfiguration } from 'commander';
import { VERSION } from '../config/installation.ts';
import type { Run } from './context.ts';

interface Verb {
  readonly description: string;
  /** Imports its file: what it takes, and what it does. */
  readonly load: () => Promise<(command: Command, run: Run) => void>;
}

/** In the order of the help. Only the file of the typed verb is imported: all of them take half a second. */
const VERBS: Readonly<Record<string, Verb>> = {
  backfill: {
    description: 'load a range of delivery days; days that are complete already are left alone',
    load: async () => (await import('./commands/backfill.ts')).backfillCommand,
  },
  steer: {
    description:
      'look at a backfill, pause it, resume it, change how it goes on; days in progress end as they would',
    load: async () => (await import('./commands/steer.ts')).steerCommand,
  },
  backfills: {
    description: 'what backfills planned and what came of it; of one, day by day',
    load: async () => (await import('./commands/backfills.ts')).backfillsCommand,
  },
  load: {
    description: 'load files of lines into a dataset; a file that was loaded before is not loaded again',
    load: async () => (await import('./commands/load.ts')).loadCommand,
  },
  rerun: {
    description: 'request days again, or compute them anew: given ones, a range, or all in some state',
    load: async () => (await import('./commands/rerun.ts')).rerunCommand,
  },
  refresh: {
    description: 'request years of a dataset of records now, such as holidays',
    load: async () => (await import('./commands/refresh.ts')).refreshCommand,
  },
  rebuild: {
    description: 'fold days again from their stored payloads and decisions; the source is not requested',
    load: async () => (await import('./commands/rebuild.ts')).rebuildCommand,
  },
  erase: {
    description: 'erase a person: their lines go from payloads, versions and findings, for good',
    load: async () => (await import('./commands/erase.ts')).eraseCommand,
  },
  erasures: {
    description: 'what was erased, newest first: how much, what was looked for, and what is left',
    load: async () => (await import('./commands/erase.ts')).erasuresCommand,
  },
  status: {
    description: 'all datasets at a glance: days by state, findings, last change, schedule',
    load: async () => (await import('./commands/status.ts')).statusCommand,
  },
  files: {
    description: 'files of a dataset that a schedule has found: waiting, loaded or refused, and why',
    load: async () => (await import('./commands/files.ts')).filesCommand,
  },
  days: {
    description:
      'the ledger of a dataset as a calendar, with the reason for each day that is not fine, newest first',
    load: async () => (await import('./commands/days.ts')).daysCommand,
  },
  query: {
    description: 'points or records of a dataset: the latest, or as known at an instant or a gate',
    load: async () => (await import('./commands/query.ts')).queryCommand,
  },
  changes: {
    description:
      'the change feed: one row per payload that moved a day; resume with the last cursor you read',
    load: async () => (await import('./commands/changes.ts')).changesCommand,
  },
  explain: {
    description:
      'a value back to its payload, run and checks, with every version of it; or a day to its findings, decisions and runs',
    load: async () => (await import('./commands/explain.ts')).explainCommand,
  },
  quarantine: {
    description: 'what is quarantined, with the raw value in its place, and the ways out: release and waive',
    load: async () => (await import('./commands/quarantine.ts')).quarantineCommand,
  },
  absent: {
    description: 'declare that days will never be published: they are not requested any more',
    load: async () => (await import('./commands/absent.ts')).absentCommand,
  },
  pause: {
    description: 'stop polling a dataset until it is resumed; runs in progress go on',
    load: async () => (await import('./commands/pause.ts')).pauseCommand,
  },
  resume: {
    description: 'poll a paused dataset again; what has become due is requested at once, with one poll',
    load: async () => (await import('./commands/pause.ts')).resumeCommand,
  },
  enable: {
    description: 'request, take and expect data of datasets; without any, list which are enabled',
    load: async () => (await import('./commands/enable.ts')).enableCommand,
  },
  disable: {
    description: 'request and take nothing more of datasets; their data stay and can be read',
    load: async () => (await import('./commands/enable.ts')).disableCommand,
  },
  locations: {
    description: 'places whose public holidays are kept',
    load: async () => (await import('./commands/locations.ts')).locationsCommand,
  },
  notify: {
    description: 'who is told what needs a person, once when it opens and once when it is over',
    load: async () => (await import('./commands/notify.ts')).notifyCommand,
  },
  keys: {
    description: 'keys of the HTTP API: make one, list them, revoke one',
    load: async () => (await import('./commands/keys.ts')).keysCommand,
  },
  dataset: {
    description: 'write a dataset of your own: draft it, try it, record and verify what its source sends',
    load: async () => (await import('./commands/dataset.ts')).datasetCommand,
  },
  doctor: {
    description: 'is everything reachable, migrated, scheduled; what to do where it is not',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
};

interface ProgramOptions {
  /** What was typed: only the verb in it is made whole. @default all of them */
  readonly typed?: readonly string[] | undefined;
  /** Where help and usage errors are written. @default those of the process */
  readonly output?: OutputConfiguration;
}

/** The program with its verbs; the docs are generated from it. */
export async function createProgram(run: Run, { typed, output = {} }: ProgramOptions = {}): Promise<Command> {
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
  const wanted = typed?.find((word) => Object.hasOwn(VERBS, word));
  for (const [name, { description, load }] of Object.entries(VERBS)) {
    const command = program.command(name).description(description);
    if (!typed || name === wanted) (await load())(command, run);
  }
  for (const command of program.commands.flatMap((verb) => [verb, ...verb.commands]))
    command.exitOverride().showHelpAfterError('(--help shows the options)');
  return program;
}
