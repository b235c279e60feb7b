/** Schemas that several operator routes share. */
import { z } from 'zod';
import { DAY_STATES } from '../../domain/days/ledger.ts';
import { stamp } from '../schemas.ts';

const LONGEST_REASON = 500;
/** No NUL, which PostgreSQL refuses, and not only white space. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it is about
const WORDS = /^[^\u0000]*[^\u0000\s][^\u0000]*$/;

export const words = z.string().max(2_000).regex(WORDS, 'write a text that is not empty');

export const reason = z
  .string()
  .max(LONGEST_REASON, `say why in at most ${LONGEST_REASON} characters`)
  .regex(WORDS, 'say why')
  .describe('why; stored with the action and in the audit')
  .meta({ examples: ['the publisher confirmed it'] });

export const planOnly = z.boolean().optional().describe('true: only show what would be done');

/** The result of a call in words; the audit has it too. */
export const summary = z.string();

export const link = z.string().describe('into the Temporal Web UI');

export const dayState = z.enum(DAY_STATES);

/** A run of a day. */
export const runSchema = z.object({
  workflow_id: z.string(),
  run_id: z.string(),
  link,
  trigger: z.enum(['schedule', 'backfill', 'person']),
  backfill_id: z.string().nullable(),
  started_at: stamp,
  finished_at: stamp.nullable(),
  outcome: dayState.nullable().describe('null while it runs, and for a run that ended without a result'),
  error: z.string().nullable(),
});
