/** A payload in answers: what was fetched, when, by which run, and where its bytes are. */
import { z } from 'zod';
import type { PayloadFacts } from '../../db/queries/points/explain.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { stamp, wire } from '../schemas.ts';

export const payloadSchema = z
  .object({
    id: z.int(),
    dataset: z.string(),
    day: z.string().meta({ format: 'date' }),
    kind: z.enum(['empty', 'refused', 'points']).nullable().describe('how it was processed; null: not yet'),
    part: z
      .string()
      .describe('the part of the day that was requested; empty where one request brings all of it'),
    url: z.string().describe('the requested URL; for a part of a file, the file name as given'),
    status: z.int(),
    sha256: z.string().describe('of the bytes as the source sent them'),
    size_bytes: z.int(),
    fetched_at: stamp,
    last_seen_at: stamp.describe('when the source last sent the same bytes'),
    seen_count: z.int(),
    decoder_version: z.int().nullable(),
    batch_from: z.string().nullable().describe('first day of a batch request'),
    batch_to: z.string().nullable(),
    byte_from: z.int().nullable().describe('of a part of a file: its first byte, counted from 0'),
    byte_to: z.int().nullable().describe('the byte after its last'),
    first_line: z.int().nullable().describe('number of its first line, counted from 1'),
    trigger: z.string().nullable(),
    link: z
      .string()
      .nullable()
      .describe('the run that fetched it, or loaded its file, in the Temporal Web UI'),
    content: z.string().describe('where the bytes are'),
  })
  .meta({ id: 'Payload' });

export type PayloadEntry = z.output<typeof payloadSchema>;

export function payloadEntry({ workflowLink }: ApiDependencies, facts: PayloadFacts): PayloadEntry {
  const { workflowId, runId, ...row } = facts;
  const link = workflowId === null ? null : workflowLink(workflowId, runId ?? undefined);
  return { ...(wire(row) as PayloadEntry), link, content: `/v1/payloads/${row.id}/content` };
}
