/** The most frequent verbs, each with a line to type. A missing verb is an error. */
import type { Command } from 'commander';
import { code, list } from './markdown.ts';

const EXAMPLES: Readonly<Record<string, string>> = {
  'tidemark status': 'how every dataset stands',
  'tidemark days jao-core.max-exchanges':
    'the ledger as a calendar, with the reason for each day that is not fine',
  'tidemark backfill jao-core.max-exchanges --from 2026-01-01 --to 2026-03-31 --wait':
    'load history; complete days are left alone',
  'tidemark backfill jao-core.max-exchanges --from 2026-01-01 --to 2026-03-31 --plan':
    'the same as a plan only: state of each day, why it is chosen, requests, minutes, rows',
  'tidemark steer <backfill> --pause --reason "the source asked us to"':
    'pause, resume, skip days, change order and concurrency while it runs',
  'tidemark backfills': 'backfills, with what was planned beside what came of it',
  'tidemark load swissgrid.frequency FILE… --wait':
    'load files of lines, such as a year of seconds ([files](../files.md))',
  'tidemark rerun jao-core.max-exchanges --failed':
    'request again what failed; `--state late`, `--from` and `--to` choose otherwise',
  'tidemark explain jao-core.max-exchanges --day 2026-11-20':
    'every run of a day, newest first, with outcome, error and link',
  'tidemark explain jao-core.max-exchanges --series border_DE_FR --at 2026-11-20T10:00:00Z':
    'a value back to its payload, run and checks',
  'tidemark query jao-core.max-exchanges --from 2026-11-20 --to 2026-11-20 --as-of 2026-11-19T10:35:00Z --format csv':
    'what was known then',
  'tidemark changes': 'what moved since you last looked',
  'tidemark quarantine list jao-core.max-exchanges':
    'what is quarantined, and why; `release` and `waive` are the ways out',
  'tidemark rebuild jao-core.max-exchanges --day 2026-11-20 --dry-run':
    'fold days again from stored payloads, or see what that would change',
  'tidemark pause jao-core.max-exchanges --reason "moving"':
    'stop polling until `tidemark resume`; who and why stay with the schedule',
  'tidemark locations list': 'the locations whose holidays are kept ([holidays](../holidays.md))',
  'tidemark erase checkout.events --person u-4711 --reason TEXT':
    'erase a person from what was sent, with proof ([events](../events.md#erasing-a-person))',
  'tidemark keys create --name me --role operator': 'a key of the HTTP API',
  'tidemark doctor': 'is everything reachable, migrated, scheduled; what to do if not',
};

/** @throws Error for an example of a verb that does not exist. */
export function examplesTable(program: Command): string {
  for (const line of Object.keys(EXAMPLES)) {
    const [, verb = '', next = ''] = line.split(' ');
    const found = program.commands.find((command) => command.name() === verb);
    if (!found) throw new Error(`scripts/docs/command-examples.ts: there is no verb "${verb}"`);
    if (found.commands.length > 0 && !found.commands.some((command) => command.name() === next))
      throw new Error(`scripts/docs/command-examples.ts: "${verb}" has no "${next}"`);
  }
  return list(Object.entries(EXAMPLES).map(([line, does]) => `${code(line)}: ${does}`));
}
