/** Findings and changes as answers show them. */
import { z } from 'zod';
import { CHANGE_KINDS } from '../../db/queries/answers/changes.ts';
import { stamp } from '../schemas.ts';

export const findingSchema = z
  .object({
    id: z.int(),
    day: z.string().meta({ format: 'date' }),
    rule: z.string(),
    severity: z.enum(['block', 'warn', 'info']).describe('block: what it speaks of is quarantined'),
    series: z.string().nullable(),
    starts_at: stamp.nullable(),
    points: z.int(),
    place: z.string().nullable().describe('in the payload'),
    raw: z
      .string()
      .nullable()
      .describe('what stood there; null without the grant where it may tell of a person'),
    reason: z.string(),
    payload_id: z.int().nullable(),
    found_at: stamp,
    resolution: z.enum(['open', 'released', 'waived', 'superseded']),
    resolved_at: stamp.nullable(),
    resolved_by: z.string().nullable(),
    resolved_reason: z.string().nullable(),
  })
  .meta({ id: 'Finding' });

export const explanationSchema = z
  .object({
    dataset: z.string().describe('whose records say it'),
    summary: z.string(),
    checked_at: stamp.nullable().describe('when its source last said so'),
  })
  .meta({ id: 'DayExplanation' });

export const changeSchema = z
  .object({
    cursor: z.int(),
    dataset: z.string(),
    day: z.string().meta({ format: 'date' }),
    payload_id: z.int().nullable().describe('what brought it; null for a correction of a whole day'),
    kind: z
      .enum(CHANGE_KINDS)
      .describe(
        'revised: values that were there are others now; corrected: stored bytes are read otherwise, so that the past is another too; erased: lines of a person are gone, from the past too; dropped: older than the dataset keeps',
      ),
    new_points: z.int(),
    revised_points: z.int(),
    nulled_points: z.int(),
    largest_difference: z.number().nullable(),
    known_at: stamp,
  })
  .meta({ id: 'Change' });
