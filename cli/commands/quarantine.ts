/** `tidemark quarantine`: lists, releases and waives what is quarantined. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';
import { repeatable } from '../repeatable.ts';

const actions = () => import('../actions/quarantine.ts');

export interface ListOptions {
  readonly day?: string;
  readonly from?: string;
  readonly to?: string;
  readonly rule?: string;
  readonly warnings?: true;
  readonly settled?: true;
  readonly limit?: string;
  readonly before?: string;
  readonly json?: true;
}

export interface DecideOptions {
  readonly finding?: readonly string[];
  readonly day?: string;
  readonly rule?: string;
  readonly reason: string;
  readonly by?: string;
  readonly json?: true;
}

const FINDINGS_OF_A_PAGE = 200;

export function quarantineCommand(program: Command, run: Run): void {
  const quarantine = program
    .command('quarantine')
    .description('what is quarantined, with the raw value in its place, and the ways out: release and waive');
  listCommand(quarantine, run);
  decideCommand(quarantine, run, 'release', 'write quarantined values after all, known from now on');
  decideCommand(
    quarantine,
    run,
    'waive',
    'accept findings as they are; a value that is quarantined stays out',
  );
}

function listCommand(quarantine: Command, run: Run): void {
  quarantine
    .command('list')
    .description('open findings that quarantine values or answers, newest first')
    .argument('<dataset>', 'id of a dataset')
    .option('--day <day>', 'one delivery day, YYYY-MM-DD')
    .option('--from <day>', 'first delivery day (default: the first that has any)')
    .option('--to <day>', 'last delivery day (default: the last that has any)')
    .option('--rule <code>', 'only findings of this rule')
    .option('--warnings', 'also findings that quarantine nothing')
    .option('--settled', 'also those that are released, waived or superseded')
    .option('--limit <n>', `at most so many (default: ${FINDINGS_OF_A_PAGE}; all of them with --json)`)
    .option('--before <id>', 'only findings older than this one: where the page before ended')
    .option('--json', 'print JSON')
    .action((dataset: string, options: ListOptions) =>
      run(options.json, async (context) =>
        (await actions()).list(context, dataset, options, FINDINGS_OF_A_PAGE),
      ),
    );
}

function decideCommand(quarantine: Command, run: Run, verb: 'release' | 'waive', description: string): void {
  quarantine
    .command(verb)
    .description(description)
    .argument('<dataset>', 'id of a dataset')
    .option('--finding <id>', 'a finding; may be repeated', repeatable)
    .option('--day <day>', 'all findings of a rule on this delivery day; with --rule')
    .option('--rule <code>', 'the rule; with --day')
    .requiredOption('--reason <text>', 'why; kept with the decision')
    .option('--by <name>', 'who decides (default: your user name)')
    .option('--json', 'print JSON')
    .action((dataset: string, options: DecideOptions) =>
      run(options.json, async (context) => (await actions()).settle(context, dataset, verb, options)),
    );
}
