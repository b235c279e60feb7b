/**
 * From the bytes of one payload to the records that may be written and the findings about the rest. Pure: the same bytes, day and dataset
 * always give the same result.
 */

import { type DecodedRecord, linesOf, type RecordDataset, type RecordField } from '../dataset/records.ts';
import { type CivilDay, isCivilDay } from '../time/civil-day.ts';
import { canonicalJson, isShallow, type Json } from '../values/json.ts';
import { AnswerRefused, capFindings, type Finding, finding } from './finding.ts';
import { judge } from './judge.ts';

/** A record that passed every blocking rule. */
export interface ReadRecord extends Omit<DecodedRecord, 'body'> {
  /** Canonical JSON: equal bodies have equal texts. */
  readonly body: string | null;
}

export interface RecordInterpretation {
  /** `empty`: nothing in it · `refused`: the response was rejected · `points`: it is usable. */
  readonly kind: 'empty' | 'refused' | 'points';
  /** In the source's order; one per key where absent records are withdrawn. */
  readonly records: readonly ReadRecord[];
  /** At most `FINDINGS_PER_RULE` per rule, and one that counts the rest. */
  readonly findings: readonly Finding[];
  /** The content as text: payloads with equal text say the same, whatever their bytes and order. Slow. */
  canonical(): string;
}

const DEEPEST_BODY = 32;
const KEY = /^\P{C}{1,200}$/u;
/** Valid in PostgreSQL and in ISO 8601 with four digits. */
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');
const END_MS = Date.parse('9999-12-31T00:00:00Z');

/** Decodes and judges one payload of a unit of work. Never throws because of the source's data. */
export function interpretRecords(
  dataset: RecordDataset,
  day: CivilDay,
  body: Uint8Array,
): RecordInterpretation {
  try {
    const { fine, findings } = readAndJudge(dataset, day, body);
    const records = fine.map(kept);
    const clear = dataset.silence === 'withdraw' ? oneOfEach(records, findings) : records;
    const kind = clear.length + findings.length > 0 ? 'points' : 'empty';
    const capped = capFindings(findings);
    return { kind, records: clear, findings: capped, canonical: () => canonicalText(clear, capped) };
  } catch (error) {
    if (!(error instanceof AnswerRefused)) throw error;
    const found = finding(error.rule, 'block', error.message, { raw: error.raw, points: 0 });
    return {
      kind: 'refused',
      records: [],
      findings: [found],
      canonical: () => `refused\t${error.rule}\t${error.raw}`,
    };
  }
}

/**
 * What would be quarantined of some lines, to inform their sender at once. Each finding stands for a line, one that counts the rest for
 * several. Only lines that fail the quick check are read in full.
 */
export function quarantinedLines(dataset: RecordDataset, day: CivilDay, body: Buffer): readonly Finding[] {
  const doubtful = doubtfulLines(dataset, body);
  if (doubtful === undefined) return [];
  return capFindings(
    readAndJudge(dataset, day, doubtful).findings.filter(({ severity }) => severity === 'block'),
  );
}

/** The lines that may be quarantined, at their positions between empty ones; undefined when there are none. */
function doubtfulLines(dataset: RecordDataset, body: Buffer): Buffer | undefined {
  const { fields, checks } = dataset;
  const lines = linesOf(dataset);
  // A check may compare several lines.
  if (checks?.length) return body;
  const text = body.toString();
  // Invalid UTF-8 can be detected only in the bytes.
  if (!lines?.glance || text.includes('\ufffd') || lines.isHeader(text.slice(0, text.indexOf('\n'))))
    return body;
  const all = text.split('\n');
  let doubtful = 0;
  for (const [i, line] of all.entries()) {
    if (line === '') continue;
    const record = lines.glance(line);
    if (record && !faultOf(fields, record)) all[i] = '';
    else doubtful += 1;
  }
  return doubtful === 0 ? undefined : Buffer.from(all.join('\n'));
}

function readAndJudge(dataset: RecordDataset, day: CivilDay, body: Uint8Array) {
  const decoded = dataset.decode(body, day);
  const findings: Finding[] = [...decoded.findings];
  const fine: DecodedRecord[] = [];
  for (const record of decoded.records) {
    const fault = faultOf(dataset.fields, record);
    if (fault) findings.push(fault);
    else fine.push(record);
  }
  const held = check(dataset, day, fine, findings);
  return { fine: held.size === 0 ? fine : fine.filter(({ place }) => !held.has(place)), findings };
}

/** @returns the positions of records that a check quarantines. */
function check(
  { checks }: RecordDataset,
  day: CivilDay,
  records: readonly DecodedRecord[],
  findings: Finding[],
): ReadonlySet<string> {
  const held = new Set<string>();
  if (!checks?.length) return held;
  const byPlace = new Map(records.map((record) => [record.place, record]));
  judge(checks, { day, records }, ({ rule, severity }, { reason, place, ...about }) => {
    const record = place === undefined ? undefined : byPlace.get(place);
    findings.push(finding(rule, severity, reason, record ? named(record) : about));
    if (record && severity === 'block') held.add(record.place);
  });
  return held;
}

function kept({ key, startsAtMs, version, body, place }: DecodedRecord): ReadRecord {
  return { key, startsAtMs, version, place, body: body === null ? null : canonicalJson(body) };
}

/** What keeps a record from being written. */
function faultOf(fields: readonly RecordField[], record: DecodedRecord): Finding | undefined {
  const { key, startsAtMs, version, body } = record;
  if (!KEY.test(key))
    return finding('unreadable_key', 'block', 'the key is not 1 to 200 printable characters', shown(record));
  if (!(startsAtMs >= FIRST_MS && startsAtMs < END_MS)) {
    const reason = `the time of ${key} is not between the years 1 and 9999`;
    return finding('unreadable_time', 'block', reason, shown(record));
  }
  if (!Number.isSafeInteger(version) || version < 0) {
    const reason = `the version of ${key} is no whole number from 0 on`;
    return finding('unreadable_version', 'block', reason, named(record));
  }
  if (body === null) return undefined;
  if (!isShallow(body, DEEPEST_BODY))
    return finding(
      'unreadable_value',
      'block',
      `${key} is nested deeper than ${DEEPEST_BODY} levels`,
      named(record),
    );
  const wrong = fields.find((field) => !isOfType(field, body[field.name]));
  if (!wrong) return undefined;
  const reason = `"${wrong.name}" of ${key} is not of type ${wrong.type}`;
  return finding('unreadable_value', 'block', reason, {
    ...named(record),
    raw: JSON.stringify(body[wrong.name]),
  });
}

function named(record: DecodedRecord) {
  return { ...shown(record), series: record.key, startsAtMs: record.startsAtMs };
}

function shown({ place, key, body }: DecodedRecord) {
  return { place, raw: body === null ? key : JSON.stringify(shortened(body)) };
}

/** A body as a finding shows it, cut where it is nested too deeply. */
function shortened(body: { readonly [name: string]: Json }): Json {
  const flat = Object.entries(body).slice(0, 50);
  return Object.fromEntries(
    flat.map(([name, value]) => [name, typeof value === 'object' && value !== null ? '…' : value]),
  );
}

function isOfType({ type }: RecordField, value: Json | undefined): boolean {
  if (value === null || value === undefined) return true;
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value);
  if (type === 'boolean') return typeof value === 'boolean';
  if (typeof value !== 'string') return false;
  if (type === 'date') return isCivilDay(value);
  return type === 'text' || (INSTANT.test(value) && !Number.isNaN(Date.parse(value)));
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** A complete answer contains each record once; of several that differ it is unclear which one is right. */
function oneOfEach(records: readonly ReadRecord[], findings: Finding[]): ReadRecord[] {
  const byKey = new Map<string, ReadRecord[]>();
  for (const record of records) byKey.set(record.key, [...(byKey.get(record.key) ?? []), record]);
  const clear: ReadRecord[] = [];
  let repeated = 0;
  for (const [key, group] of byKey) {
    const [first, ...others] = group as [ReadRecord, ...ReadRecord[]];
    if (others.every((other) => contentOf(other) === contentOf(first))) {
      clear.push(first);
      repeated += others.length;
      continue;
    }
    const { startsAtMs, place } = first;
    const raw = group.map(contentOf).toSorted().join(' ');
    const reason = `${key} came ${group.length} times with different content`;
    findings.push(finding('conflicting_duplicate', 'block', reason, { series: key, startsAtMs, place, raw }));
  }
  if (repeated > 0) {
    const reason = `${repeated} records came again with equal content`;
    findings.push(finding('duplicate', 'info', reason, { points: repeated }));
  }
  return clear;
}

function canonicalText(records: readonly ReadRecord[], findings: readonly Finding[]): string {
  const unusable = findings.filter(({ severity }) => severity === 'block');
  const lines = records.map((record) => `${record.key}\t${contentOf(record)}`);
  return [...lines, ...unusable.map((f) => `${f.series}\t${f.startsAtMs}\t!\t${f.raw}`)]
    .toSorted()
    .join('\n');
}

function contentOf({ startsAtMs, version, body }: ReadRecord): string {
  return `${startsAtMs}\t${version}\t${body}`;
}
