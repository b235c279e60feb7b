/** What `tidemark --help` and the help of every verb print. */
import type { Command } from 'commander';
import { createProgram } from '../../cli/program.ts';
import { examplesTable } from './command-examples.ts';
import { block, page } from './markdown.ts';

/** Wide enough that no line is broken, whatever the terminal. */
const COLUMNS = 110;

export async function commandsPage(): Promise<string> {
  const program = await createProgram(() => Promise.resolve());
  const verbs = program.commands
    .flatMap((verb) => [verb, ...verb.commands])
    .flatMap((verb) => [`## ${nameOf(verb)}`, block(ownPart(helpOf(verb)))]);
  return page(
    'Command `tidemark`',
    'Run it as `npx tidemark <verb>`. `npm start` has to run, or settings have to say where the servers are ' +
      '([settings](settings.md)). Exit codes: 0 fine, 1 some days are not fine, 2 a usage error or a server that does not ' +
      'answer. Every verb has `--json` (print JSON) and `--help`.',
    examplesTable(program),
    ...verbs,
  );
}

/** `tidemark quarantine list`. */
function nameOf(verb: Command): string {
  return verb.parent ? `${nameOf(verb.parent)} ${verb.name()}` : verb.name();
}

/** Without what the help of every verb says. */
function ownPart(help: string): string {
  const [own = ''] = help.split('\nGlobal Options:');
  const lines = own.split('\n').filter((line) => !/^ +(--json|-h, --help) /.test(line));
  return lines
    .join('\n')
    .replace(/Arguments:\n +dataset +id of a dataset(?:, such as \S+)?\n\n?(?! )/, '')
    .replace(/\s*Options:\s*$/, '');
}

function helpOf(command: Command): string {
  let text = '';
  command
    .configureOutput({
      getOutHelpWidth: () => COLUMNS,
      getOutHasColors: () => false,
      writeOut: (part) => {
        text += part;
      },
    })
    .outputHelp();
  return text;
}
