/**
 * Core hours of a fallback: /core/api/data/spanningDefaultFBP, with the final computation at 10:30 on the day before.
 *
 * A row is an hour for which the capacity calculation was spanned or replaced by default parameters: then hours of other tables are
 * missing or null, and this says why. Most days have none: an answer without rows says so once the day has begun.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import type { ExplainingRecord } from '../../domain/dataset/records.ts';
import { TABLES } from './monitoring.ts';
import { jaoRecords } from './record-table.ts';
import { jaoCore } from './source.ts';

export default defineDataset(
  jaoRecords({
    ...{ source: jaoCore, name: 'spanning-default-parameters', region: 'core', table: 'spanningDefaultFBP' },
    title: 'Core hours with spanned or default parameters',
    description: 'Hours for which the capacity calculation was spanned or replaced by default parameters.',
    unit: 'hour',
    firstDay: '2022-06-09',
    publishedBy: { day: 0, time: '00:00' },
    identity: ['computation'],
    fields: [
      { name: 'computation', type: 'text', description: 'which computation failed' },
      { name: 'type', type: 'text', description: 'what stands in for it' },
    ],
    explains: { datasets: TABLES, summary: (_dataset, records) => fallbackIn(records) },
  }),
);

/** `fallback in 3 hours between 2026-11-19T23:00Z and 2026-11-20T02:00Z (Default FB parameters), which may be missing or null`. */
function fallbackIn(records: readonly ExplainingRecord[]): string | undefined {
  const hours = [...new Set(records.map(({ startsAtMs }) => startsAtMs))];
  if (hours.length === 0) return undefined;
  const at = (ms: number) => `${new Date(ms).toISOString().slice(0, 16)}Z`;
  const between = `between ${at(Math.min(...hours))} and ${at(Math.max(...hours) + 3_600_000)}`;
  const types = [...new Set(records.map(({ body }) => String(body.type ?? 'of a kind that is not said')))];
  const many = hours.length === 1 ? '1 hour' : `${hours.length} hours`;
  return `fallback in ${many} ${between} (${types.join(', ')}), which may be missing or null`;
}
