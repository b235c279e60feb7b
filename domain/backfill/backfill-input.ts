/** Reads the input that starts and controls backfills; see `fields.ts` for how. */

import { isCivilDay } from '../time/civil-day.ts';
import { fromRanges } from '../time/day-ranges.ts';
import { Failure } from '../workflow/failures.ts';
import {
  DATASET,
  DAY,
  type Field,
  FLAG,
  INSTANT,
  inOrder,
  listOf,
  oneOf,
  read,
  WORDS,
  wholeNumber,
} from '../workflow/fields.ts';
import {
  type BackfillInput,
  CHOICES,
  ORDERS,
  type PauseInput,
  type ResumeInput,
  type SkipInput,
  type SteerInput,
} from './backfill.ts';

const REASON: Field = { ...WORDS, required: true, hint: 'write why' };

/** @throws Failure BAD_INPUT */
export function readBackfillInput(input: unknown): BackfillInput {
  const example = '{"dataset": "jao-core.max-exchanges", "from": "2026-10-21", "to": "2026-11-20"}';
  const fields = {
    dataset: DATASET,
    from: DAY,
    to: DAY,
    days: oneOf(['incomplete', 'all', 'missed']),
    only: listOf(oneOf(CHOICES)),
    notCheckedSince: INSTANT,
    changedSince: INSTANT,
    decoderOlderThan: wholeNumber(1, 1_000_000),
    concurrency: wholeNumber(1, 200),
    order: oneOf(ORDERS),
    stopAfterFailures: wholeNumber(1, 100_000),
    paused: FLAG,
  };
  const request = inOrder('backfill', read<BackfillInput>('backfill', input, fields, example));
  if (request.days === undefined || !hasSelectors(request)) return request;
  const hint = 'leave one of them out';
  throw new Failure(
    'BAD_INPUT',
    `backfill: "days" chooses from the whole range and does not go with "only", "notCheckedSince", "changedSince" or ` +
      `"decoderOlderThan"; ${hint}. Example: ${example}`,
  );
}

/** Whether days are chosen by what is known of them, rather than all that are not complete. */
export function isSelective(input: BackfillInput): boolean {
  return input.days === 'missed' || hasSelectors(input);
}

function hasSelectors(input: BackfillInput): boolean {
  const { only, notCheckedSince, changedSince, decoderOlderThan } = input;
  return [only, notCheckedSince, changedSince, decoderOlderThan].some((value) => value !== undefined);
}

/** @throws Failure BAD_INPUT */
export function readPauseInput(input: unknown): PauseInput {
  return read<PauseInput>(
    'pause',
    input,
    { reason: REASON, by: WORDS },
    '{"reason": "the source asked us to"}',
  );
}

/** Every field is optional, and so is the object. @throws Failure BAD_INPUT */
export function readResumeInput(input: unknown): ResumeInput {
  return read<ResumeInput>('resume', input ?? {}, { reason: WORDS, by: WORDS }, '{"reason": "it is mended"}');
}

/** @throws Failure BAD_INPUT */
export function readSteerInput(input: unknown): SteerInput {
  const example = '{"concurrency": 4, "order": "oldest", "stopAfterFailures": 10}';
  const fields = {
    concurrency: wholeNumber(1, 200),
    order: oneOf(ORDERS),
    stopAfterFailures: wholeNumber(0, 100_000),
  };
  const steer = read<SteerInput>('steer', input, fields, example);
  if (Object.keys(steer).length > 0) return steer;
  throw new Failure('BAD_INPUT', `steer: nothing is said; write at least one field. Example: ${example}`);
}

/** @throws Failure BAD_INPUT */
export function readSkipInput(input: unknown): SkipInput {
  const example = '{"days": ["2026-11-03", "2026-11-10..2026-11-12"], "reason": "no publication on these"}';
  const days = { ...listOf(DAY_RANGE), required: true };
  return read<SkipInput>('skip', input, { days, reason: REASON, by: WORDS }, example);
}

/** The readers of a running backfill's Updates and Signals, by name. */
export const STEERING_READERS = {
  pause: readPauseInput,
  resume: readResumeInput,
  steer: readSteerInput,
  skip: readSkipInput,
} as const;

export type SteeringMessage = keyof typeof STEERING_READERS;

const DAY_RANGE: Field = {
  required: true,
  hint: 'write a day as YYYY-MM-DD or a range as YYYY-MM-DD..YYYY-MM-DD',
  accepts: (value) => typeof value === 'string' && isRange(value),
};

function isRange(text: string): boolean {
  const ends = text.split('..');
  return ends.length <= 2 && ends.every(isCivilDay) && fromRanges([text]).length > 0;
}
