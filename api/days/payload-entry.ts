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
    source_modified_at: stamp
      .nullable()
      .describe('when the source says that it last changed them (Last-Modified); null if it does not say'),
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
  const { workflowId, runId, lastModified, ...row } = facts;
  const link = workflowId === null ? null : workflowLink(workflowId, runId ?? undefined);
  const source_modified_at = instantOf(lastModified);
  return {
    ...(wire(row) as PayloadEntry),
    source_modified_at,
    link,
    content: `/v1/payloads/${row.id}/content`,
  };
}

/** @param date as HTTP writes it; whatever else stands there says nothing. */
function instantOf(date: string | null): string | null {
  const ms = Date.parse(date ?? '');
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
