/** Schemas that several operator routes share. */
import { z } from 'zod';
import { ACTIONS, ORDERS } from '../../domain/backfill/backfill.ts';
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

const date = z.string().meta({ format: 'date' });
const ranges = z.array(z.string());

/** As stored: planned against done. */
export const backfillSchema = z
  .object({
    id: z.int().describe('id of this run; several runs may have the same workflow_id'),
    workflow_id: z.string(),
    run_id: z.string(),
    link,
    dataset: z.string(),
    from: date,
    to: date,
    input: z.record(z.string(), z.unknown()).describe('the other options, as given'),
    status: z
      .enum(['running', 'ended', 'broken off', 'unknown'])
      .describe('broken off: it ended without a result · unknown: Temporal does not answer'),
    planned_at: stamp,
    requests: z.int().describe('planned'),
    minutes: z.number().describe("planned, at the source's quota"),
    rows: z.int().describe('planned'),
    planned_days: z.int(),
    done_days: z.int().describe('written when it ends'),
    finished_at: stamp.nullable(),
    rows_written: z.int().nullable(),
    summary: z.string().nullable(),
  })
  .meta({ id: 'Backfill' });

/** As the running workflow reports it. */
export const progressSchema = z
  .object({
    dataset: z.string(),
    from: date,
    to: date,
    total: z.int(),
    done: z.int(),
    running: z.array(date),
    outcomes: z.record(z.string(), ranges).describe('days by state, as ranges'),
    errors: z.record(z.string(), z.string()).describe('why days failed'),
    summary: z.string(),
    rows: z.int().describe('points that were new or changed'),
    skipped: z.record(z.string(), z.string()).describe('days that a person excluded, with the reason'),
    paused: z.string().nullable().describe('why it waits'),
    concurrency: z.int(),
    order: z.enum(ORDERS),
    days_per_minute: z.number().nullable(),
    minutes_left: z.number().nullable(),
    next: z.array(z.string()).describe('what a person should do'),
  })
  .meta({ id: 'BackfillProgress' });

/** A day of a plan, and its outcome. */
export const plannedDaySchema = z.object({
  day: date,
  state: dayState.nullable().describe('its state at planning time'),
  reason: z.string(),
  action: z.enum(ACTIONS),
  outcome: dayState.nullable(),
  note: z.string().nullable(),
});
