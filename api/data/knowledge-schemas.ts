/** Findings and changes as answers show them. */
import { z } from 'zod';
import { CHANGE_KINDS } from '../../db/queries/answers/changes.ts';
import { stamp } from '../schemas.ts';

export const findingSchema = z
  .object({
    id: z.int(),
    day: z.string().meta({ format: 'date' }),
    rule: z.string(),
    severity: z.enum(['block', 'warn', 'info']).describe('block: the values concerned are quarantined'),
    series: z.string().nullable(),
    starts_at: stamp.nullable(),
    points: z.int(),
    place: z.string().nullable().describe('position in the payload'),
    raw: z
      .string()
      .nullable()
      .describe('the raw value; null where it may be personal data and the caller has no grant for that'),
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
    dataset: z.string().describe('the dataset of records that says so'),
    summary: z.string(),
    checked_at: stamp.nullable().describe('when its source last confirmed it'),
  })
  .meta({ id: 'DayExplanation' });

export const changeSchema = z
  .object({
    cursor: z.int(),
    dataset: z.string(),
    day: z.string().meta({ format: 'date' }),
    payload_id: z
      .int()
      .nullable()
      .describe('the payload that brought it; null for a correction of a whole day'),
    kind: z
      .enum(CHANGE_KINDS)
      .describe(
        'revised: the source changed published values; corrected: stored bytes are decoded differently, which changes the past too; erased: lines about a person were removed, from the past too; dropped: removed by retention',
      ),
    new_points: z.int(),
    revised_points: z.int(),
    nulled_points: z.int(),
    largest_difference: z.number().nullable(),
    known_at: stamp,
  })
  .meta({ id: 'Change' });
