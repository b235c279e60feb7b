/** The verbs of `tidemark` with their options, from the program itself; what an option means is in the help of its verb. */
import type { Command } from 'commander';
import { createProgram } from '../../cli/program.ts';
import { examplesTable } from './command-examples.ts';
import { code, page } from './markdown.ts';

export async function commandsPage(): Promise<string> {
  const program = await createProgram(() => Promise.resolve());
  const verbs = program.commands.flatMap((verb) => [verb, ...verb.commands]);
  return page(
    'Command `tidemark`',
    'Run it as `npx tidemark <verb>`. `npm start` has to run, or settings have to say where the servers are ' +
      '([settings](settings.md)). Exit codes: 0 fine, 1 some days are not fine, 2 a usage error or a server that does not ' +
      'answer. Every verb has `--json` (print JSON) and `--help`, which says what each option means.',
    examplesTable(program),
    ...verbs.flatMap((verb) => [`## ${nameOf(verb)}`, capitalised(verb.description()), ...usageOf(verb)]),
  );
}

/** `tidemark quarantine list`. */
function nameOf(verb: Command): string {
  return verb.parent ? `${nameOf(verb.parent)} ${verb.name()}` : verb.name();
}

/** Arguments and options, without those that every verb has; none of a group of verbs. */
function usageOf(verb: Command): string[] {
  const given = verb.registeredArguments.map((argument) => {
    const name = argument.variadic ? `${argument.name()}...` : argument.name();
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  const options = verb.options.map(({ flags }) => flags).filter((flags) => flags !== '--json');
  const parts = [...given, ...options];
  return parts.length === 0 ? [] : [parts.map(code).join(', ')];
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
