/** What `tidemark --help` and the help of every verb print. */
import type { Command } from 'commander';
import { createProgram } from '../../cli/main.ts';
import { block, page } from './markdown.ts';

/** Wide enough that no line of ours is broken, whatever the terminal of whoever generates. */
const COLUMNS = 110;

export function commandsPage(): string {
  const program = createProgram(() => Promise.resolve());
  const verbs = program.commands.flatMap((verb) => [`## tidemark ${verb.name()}`, block(helpOf(verb))]);
  return page(
    'Command `tidemark`',
    'Run it as `npx tidemark <verb>`. `npm start` has to run, or settings have to say where the servers are ' +
      '([settings](settings.md)).',
    block(helpOf(program)),
    ...verbs,
  );
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
