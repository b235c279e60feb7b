/** `tidemark absent`: declare that a day will never be published, or take that back. */
import type { Command } from 'commander';
import type { DayOutcome } from '../../domain/workflow/messages.ts';
import { decide } from '../../temporal/decisions.ts';
import { operator, readDay, repeatable } from '../arguments.ts';
import type { CliContext, Run } from '../context.ts';

interface Options {
  readonly day: readonly string[];
  readonly reason: string;
  readonly by?: string;
  readonly undo?: true;
  readonly json?: true;
}

export function absentCommand(command: Command, run: Run): void {
  command
    .argument('<dataset>', 'id of a dataset')
    .requiredOption('--day <day>', 'a delivery day, YYYY-MM-DD; may be repeated', repeatable)
    .requiredOption('--reason <text>', 'why; kept with the decision')
    .option('--by <name>', 'who decides (default: your user name)')
    .option('--undo', 'the day is expected again')
    .option('--json', 'print JSON')
    .action((dataset: string, options: Options) =>
      run(options.json, (context) => absent(context, dataset, options)),
    );
}

async function absent(context: CliContext, id: string, options: Options): Promise<number> {
  const { id: dataset } = context.catalog.get(id);
  const days = options.day.map((text) => readDay('--day', text));
  const decision = options.undo ? 'expected' : 'absent';
  const { reason } = options;
  const by = operator(options.by);
  const temporal = await context.temporal();
  const outcomes: DayOutcome[] = [];
  for (const day of days) outcomes.push(await decide(temporal, { dataset, day, decision, by, reason }));
  context.print(outcomes, () => outcomes.map(({ summary }) => summary).join('\n'));
  return 0;
}
