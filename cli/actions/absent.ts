/** What `tidemark absent` does. */
import type { DayOutcome } from '../../domain/workflow/messages.ts';
import { decide } from '../../temporal/decisions.ts';
import { readDay } from '../arguments.ts';
import type { Options } from '../commands/absent.ts';
import type { CliContext } from '../context.ts';
import { operator } from '../operator.ts';

export async function absent(context: CliContext, id: string, options: Options): Promise<number> {
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
