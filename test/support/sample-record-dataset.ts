/** A small dataset of records for tests: a line of JSON a record, `{"key", "at", "version", "body"}`. */

import { defineDataset } from '../../domain/dataset/dataset.ts';
import type { PeriodPull } from '../../domain/dataset/pull.ts';
import type { DecodedRecord, RecordDataset, RecordLines } from '../../domain/dataset/records.ts';
import { finding } from '../../domain/interpret/finding.ts';

export interface SampleRecord {
  readonly key: string;
  readonly at: string;
  readonly version: number;
  readonly body: DecodedRecord['body'];
}

export function recordLines(records: readonly (SampleRecord | string)[]): Buffer {
  return Buffer.from(
    records.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n'),
  );
}

const PULL: PeriodPull = {
  ...{ back: 1, ahead: 1, everyMinutes: 60, tickMinutes: 5 },
  fetch: () => Promise.reject(new Error('nobody fetches a sample')),
};
/** A line of a time that can be read belongs to its day. */
const LINES: RecordLines = {
  isHeader: () => false,
  instantOf: () => undefined,
};

export function sampleRecordDataset(changes: Partial<RecordDataset> = {}): RecordDataset {
  return defineDataset<RecordDataset>({
    shape: 'records',
    id: 'sample.things',
    source: {
      id: 'sample',
      title: 'Sample source',
      link: 'http://localhost/',
      timeZone: 'Europe/Amsterdam',
    },
    title: 'Sample things',
    description: 'Things with a name, a colour and a price.',
    unit: 'records',
    owner: 'nobody',
    licence: 'none',
    link: 'http://localhost/things',
    access: 'open',
    retentionDays: null,
    firstDay: '2020-01-01',
    chunkDays: 30,
    decoderVersion: 1,
    silence: 'nothing',
    period: 'day',
    fields: [
      { name: 'colour', type: 'text', description: 'what it looks like' },
      { name: 'price', type: 'number', description: 'what it costs' },
      { name: 'since', type: 'date', description: 'when it was made' },
      { name: 'sold', type: 'boolean', description: 'whether somebody has it' },
      { name: 'seen', type: 'instant', description: 'when it was last seen' },
      { name: 'holder', type: 'text', personal: true, description: 'who has it' },
    ],
    decode: (body) => {
      const lines = Buffer.from(body).toString().split('\n');
      const records: DecodedRecord[] = [];
      const findings = [];
      for (const [index, line] of lines.entries()) {
        if (line === '') continue;
        const place = `line ${index + 1}`;
        if (line.startsWith('!')) {
          findings.push(finding('shape', 'block', 'the line is broken', { place, raw: line }));
          continue;
        }
        const { key, at, version, body: of } = JSON.parse(line) as SampleRecord;
        records.push({ key, startsAtMs: Date.parse(at), version, body: of, place });
      }
      return { records, findings };
    },
    ...(changes.silence === 'withdraw' ? { pull: PULL } : { push: { lines: LINES } }),
    ...changes,
  });
}
