/** The states of a delivery day and what can go wrong with an attempt, from their tables in domain/. */

import { DAY_STATES, isFine, isLegalTransition, STATE_MEANING } from '../../domain/days/ledger.ts';
import { FAILURES, type FailureClass, RETRY_RULES } from '../../domain/workflow/failures.ts';
import { code, list, page, table } from './markdown.ts';

export function statesPage(): string {
  return page(
    'States and failures',
    '## States of a delivery day',
    'Column `state` of `ops.delivery_day` and search attribute `DayState`.',
    table(
      ['state', 'meaning', 'fine'],
      DAY_STATES.map((state) => [code(state), STATE_MEANING[state], isFine(state) ? 'yes' : 'no']),
    ),
    'What can follow on what:',
    list(
      DAY_STATES.map((from) => {
        const next = DAY_STATES.filter((to) => to !== from && isLegalTransition(from, to));
        return `${code(from)}: ${next.map(code).join(', ')}`;
      }),
    ),
    '## Failures of an attempt',
    'The first word of column `error` of `ops.delivery_day` and `ops.run`, and the type of the failure in Temporal; ' +
      '`CANCELLED` stands there when a person cancelled the run. "Not published yet" is a state and never a failure.',
    list(
      Object.entries(FAILURES).map(
        ([failure, { class: kind, meaning }]) => `${code(failure)} (${kind}): ${meaning}`,
      ),
    ),
    'The class decides how often it is tried:',
    table(
      ['class', 'attempts', 'delays, seconds'],
      Object.keys(RETRY_RULES).map((kind) => retries(kind as FailureClass)),
    ),
    'A `Retry-After` of the source makes a delay longer, never shorter.',
  );
}

function retries(kind: FailureClass): string[] {
  const { attempts, firstDelayMs, factor, maxDelayMs } = RETRY_RULES[kind];
  const tries = Number.isFinite(attempts) ? String(attempts) : 'until it succeeds';
  if (attempts === 1) return [code(kind), tries, 'none'];
  const growth = factor === 1 ? '' : `, × ${factor} each time, at most ${maxDelayMs / 1000}`;
  return [code(kind), tries, `${firstDelayMs / 1000}${growth}`];
}
