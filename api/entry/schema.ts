/** The schema of the full catalogue entry of a dataset. */
import { z } from 'zod';
import { stamp } from '../schemas.ts';

const moment = z.object({
  day: z.int().describe('relative to the delivery day'),
  time: z.string().describe('wall clock of the source'),
  text: z.string(),
});

const calendar = z.object({
  time_zone: z.string(),
  opens: moment.describe('no request is made before'),
  expected: moment,
  deadline: moment.describe('an absent day is late from then on'),
  polling: z.object({
    tick_minutes: z.int().describe('how often polling checks what is due'),
    waiting: z.array(z.object({ from: moment, every_minutes: z.int() })).describe('while not complete'),
    revisions: z.array(z.object({ until_hours: z.int(), every_minutes: z.int() })).describe('once complete'),
    text: z.array(z.string()),
  }),
});

const relation = z.object({
  relation: z.string(),
  meaning: z.string(),
  columns: z.array(z.object({ name: z.string(), type: z.string(), meaning: z.string() })),
});

const lineage = z.object({
  source: z.object({
    source: z.string(),
    title: z.string(),
    link: z.string(),
    quota: z.string().nullable().describe('null: no source is requested'),
  }),
  inputs: z.array(z.string()).describe('the datasets it is computed from; empty where it is not computed'),
  payloads: z
    .object({
      payloads: z.int(),
      bytes_sent: z.int().describe('bodies as the source sent them'),
      bytes_kept: z.int().describe('after our compression'),
      first_fetched_at: stamp.nullable(),
      last_fetched_at: stamp.nullable(),
    })
    .describe('the stored answers, from which every value can be rebuilt'),
  dataset: z.object({
    dataset: z.string(),
    decoder_version: z.int(),
    checks: z.array(z.object({ rule: z.string(), severity: z.string(), summary: z.string() })),
  }),
  relations: z.array(z.string()),
});

const freshness = z.object({
  last_checked_at: stamp.nullable(),
  checked_seconds_ago: z.int().nullable(),
  last_changed_at: stamp.nullable(),
  newest_complete_day: z.string().nullable(),
  newest_due_day: z
    .string()
    .nullable()
    .describe('the newest day whose publication deadline has passed; null of files'),
  days_behind: z.int().nullable().describe('from the newest complete day to it; null: no day is complete'),
});

const quality = z.object({
  days: z.int().describe('the days up to newest_due_day that the shares are of; of files up to last_day'),
  complete_days: z.int(),
  absent_days: z.int().describe('declared by a person; not expected'),
  complete_share: z.number().nullable(),
  open_findings: z.array(
    z.object({
      rule: z.string(),
      severity: z.enum(['block', 'warn', 'info']),
      findings: z.int(),
      points: z.int(),
      days: z.int(),
    }),
  ),
  revisions: z.int().describe('payloads of the last 30 days that changed values, of whatever day'),
  revised_points: z.int(),
  revised_days: z.int(),
});

/** Beside the facts of the list. */
export const entryParts = {
  simulated: z.boolean(),
  decoder_version: z.int(),
  resolution_history: z
    .array(z.object({ from: z.string(), minutes: z.number() }))
    .describe('empty for files: each series has its own on each day'),
  expected_series_history: z
    .array(z.object({ from: z.string(), series: z.int() }))
    .describe('least number of series of a complete day; empty for files: the series that the day has'),
  retention: z.object({ days: z.int().nullable().describe('null: permanently'), text: z.string() }),
  calendar: calendar.nullable().describe('null of files, which are not requested'),
  relations: z.array(relation),
  plain: z
    .object({ tables: z.array(z.string()), value: z.string() })
    .describe('its names in the plain calls: GET /data/{table}, and the value of a row'),
  lineage,
  freshness,
  quality,
  links: z.record(z.string(), z.string()),
  sample_queries: z.array(
    z.object({ question: z.string(), sql: z.string(), curl: z.string(), python: z.string(), r: z.string() }),
  ),
} as const;
