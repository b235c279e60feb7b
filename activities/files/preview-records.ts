/** What a load of a file of records would accept and quarantine, without any server. Reads the whole file, stores nothing. */
import { open } from 'node:fs/promises';
import type { RecordDataset } from '../../domain/dataset/records.ts';
import { UNPACK_LIMITS } from '../../domain/files/unpack-limits.ts';
import { interpretRecords } from '../../domain/interpret/interpret-records.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { ofLines } from '../lines/fold-lines.ts';
import { addFindings, type FindingsByRule, withText } from './preview-file.ts';
import { readRecords, readWholeRecords, type WholeRecords } from './read-records.ts';

/** Plain JSON. */
export interface RecordsPreview {
  readonly dataset: string;
  readonly file: string;
  /** Size of the text in UTF-8. */
  readonly sizeBytes: number;
  readonly encoding: string;
  /** The header line; null where each line is JSON. */
  readonly names: string | null;
  /** Lines with content, not counting the header. */
  readonly lines: number;
  readonly records: number;
  /** The first of the records, by key. */
  readonly first: PreviewRecord | null;
  readonly last: PreviewRecord | null;
  /** By unit of work: records, and lines that would be quarantined. */
  readonly units: Readonly<Record<CivilDay, { readonly records: number; readonly refused: number }>>;
  readonly findings: Readonly<FindingsByRule>;
}

export interface PreviewRecord {
  readonly key: string;
  /** ISO, UTC. */
  readonly startsAt: string;
  readonly version: number;
  /** Null ends the record. */
  readonly body: string | null;
}

interface Stated {
  readonly encoding?: string | undefined;
  /** Lines without an instant belong to the unit in which the file arrives. */
  readonly now: Date;
}

/** @throws Failure BAD_INPUT, as the load would. */
export async function previewRecords(
  dataset: RecordDataset,
  file: string,
  { encoding, now }: Stated,
): Promise<RecordsPreview> {
  return await withText(file, { limits: UNPACK_LIMITS, encoding }, async (text) => {
    const whole = await readWholeRecords(ofLines(dataset), { path: text.path, name: file });
    const about = { dataset: dataset.id, file, encoding: text.encoding, sizeBytes: whole.sizeBytes };
    return { ...about, names: whole.form.names, ...(await readAll(dataset, text.path, whole, now)) };
  });
}

async function readAll(dataset: RecordDataset, location: string, { form, ranges }: WholeRecords, now: Date) {
  const handle = await open(location);
  const seen = new Seen();
  try {
    for (const range of ranges) {
      const about = { location, form, cameAt: now };
      const { sorter, lines } = await readRecords(handle, about, ofLines(dataset), range);
      seen.lines += lines;
      for (const [unit, body] of sorter.bodies()) seen.add(dataset, unit, body);
    }
    return { ...seen };
  } finally {
    await handle.close();
  }
}

class Seen {
  lines = 0;
  records = 0;
  first: PreviewRecord | null = null;
  last: PreviewRecord | null = null;
  readonly units: Record<CivilDay, { records: number; refused: number }> = {};
  readonly findings: FindingsByRule = {};

  add(dataset: RecordDataset, unit: CivilDay, body: Buffer): void {
    const { records, findings } = interpretRecords(dataset, unit, body);
    const refused = findings.reduce(
      (sum, { severity, points }) => sum + (severity === 'block' ? points : 0),
      0,
    );
    const of = this.units[unit] ?? { records: 0, refused: 0 };
    this.units[unit] = { records: of.records + records.length, refused: of.refused + refused };
    this.records += records.length;
    const shown = records.map(({ key, startsAtMs, version, body: text }) => ({
      ...{ key, version, startsAt: new Date(startsAtMs).toISOString() },
      body: text?.slice(0, 200) ?? null,
    }));
    this.first ??= shown.at(0) ?? null;
    this.last = shown.at(-1) ?? this.last;
    addFindings(this.findings, unit, findings);
  }
}
