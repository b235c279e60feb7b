/** Rows, findings and changes as answers show them. */
import { z } from 'zod';
import { CHANGE_KINDS } from '../../db/queries/answers/changes.ts';
import { metaSchema, stamp } from '../schemas.ts';

const day = z.string().meta({ format: 'date' });
const known = {
  rows: { known_at: stamp },
  versions: {
    known_from: stamp,
    known_to: stamp.nullable().describe('when it was superseded or withdrawn; null while it is current'),
  },
};

const ofGate = {
  gate_at: stamp.optional().describe('with a gate: when it is on this day'),
  reached: z.boolean().optional().describe('with a gate: whether it has passed; false: provisional'),
};

const point = {
  delivery_day: day,
  starts_at: stamp,
  ends_at: stamp
    .nullable()
    .describe('the interval ends here, also before a gap; null where its length is not known'),
  series: z.string(),
  value: z.number().nullable(),
  payload_id: z.int(),
};

const record = {
  key: z.string(),
  starts_at: stamp,
  delivery_day: day.describe('the day or year it belongs to'),
  version: z.number().describe("the source's version, or counted from 1 where it has none"),
  revision: z.int().describe('number of earlier versions'),
  is_current: z.boolean().describe('whether it was the current version as of the answer'),
  payload_id: z.int(),
  body: z.record(z.string(), z.unknown()).nullable().describe('the record as the source sent it'),
};
const fields = z.unknown().describe('the fields of the dataset');

function answerOf<T extends z.ZodType>(row: T, id: string) {
  const next = z.string().nullable().describe('the next page; null at the end');
  return z.object({ meta: metaSchema, data: z.array(row), next }).meta({ id });
}

export const rowsAnswer = z.union([
  answerOf(z.object({ ...point, ...known.rows, ...ofGate }), 'Observations'),
  answerOf(z.object({ ...record, ...known.rows, ...ofGate }).catchall(fields), 'Records'),
]);

export const versionsAnswer = z.union([
  answerOf(z.object({ ...point, ...known.versions }), 'Versions'),
  answerOf(z.object({ ...record, ...known.versions }).catchall(fields), 'RecordVersions'),
]);

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
