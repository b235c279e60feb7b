/** The common definition of datasets of outages: fields, polling, how a day is fetched and read. */
import type { PulledRecords, RecordField } from '../../domain/dataset/records.ts';
import { decodeOutages, fetchOutages, type Outages } from './outages.ts';
import { entsoe } from './source.ts';

interface OutageDataset extends Pick<PulledRecords, 'title' | 'description' | 'fields'> {
  readonly name: string;
  readonly outages: Outages;
}

const COMMON: readonly RecordField[] = [
  { name: 'ends_at', type: 'instant', description: 'until when it lasts; since when: starts_at' },
  { name: 'status', type: 'text', description: 'A05 active, A09 cancelled, A13 withdrawn' },
  { name: 'business_type', type: 'text', description: 'A53 planned, A54 unplanned' },
  { name: 'available_mw', type: 'number', description: 'the least that is left of it while it lasts, MW' },
  { name: 'published_at', type: 'instant', description: 'when the publisher made this version' },
  { name: 'reason_code', type: 'text', description: 'why, as a code of the platform' },
  { name: 'reason', type: 'text', description: 'why, in words' },
];

/** The definition of a dataset of outages; days from yesterday to a week ahead are polled. */
export function outageDataset({ name, outages, fields, ...facts }: OutageDataset) {
  return {
    ...{ shape: 'records' as const, silence: 'nothing' as const, versions: 'by-source' as const },
    ...{ id: `entsoe.${name}`, source: entsoe, ...facts, unit: 'outage' },
    owner: 'ENTSO-E for the TSOs and owners of plants',
    licence: "ENTSO-E's terms of use",
    link: 'https://transparency.entsoe.eu/',
    ...{ access: 'open' as const, retentionDays: null, chunkDays: 366, decoderVersion: 1 },
    firstDay: '2015-01-05',
    period: 'day' as const,
    fields: [...fields, ...COMMON],
    decode: (body) => decodeOutages(body, outages),
    pull: {
      ...{ back: 1, ahead: 7, everyMinutes: 180, tickMinutes: 10 },
      publishedBy: { day: 0, time: '00:00' },
      fetch: (day, context) => fetchOutages(outages, day, context),
    },
  } satisfies PulledRecords;
}
