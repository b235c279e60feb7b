/** Rows of either shape as answers show them. */
import { z } from 'zod';
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
