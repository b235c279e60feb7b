/**
 * A recording of records, held against itself: keys name things rather than rows or revisions, versions rise with the source's, what was
 * withdrawn is withdrawn, and what is changed in its bytes changes what is read by just that.
 */
import assert from 'node:assert/strict';
import type { FetchContext } from '../../../domain/dataset/fetcher.ts';
import type { SourceRequest } from '../../../domain/dataset/pull.ts';
import type { RecordDataset } from '../../../domain/dataset/records.ts';
import { interpretRecords, type RecordInterpretation } from '../../../domain/interpret/interpret-records.ts';
import type { ContractCase, Recorded } from '../case.ts';
import { withClock } from './clock.ts';
import { none } from './none.ts';
import { inPages } from './paged.ts';
import {
  type RawBody,
  type RawCell,
  type RawRow,
  rawBody,
  withoutRow,
  withRowsReversed,
  withText,
} from './raw-body.ts';
import { assertReading } from './reading.ts';
import { furtherPages } from './second-reading.ts';
import { spread } from './value-cells.ts';

interface Material {
  readonly dataset: RecordDataset;
  readonly recorded: Recorded;
  readonly raw: RawBody | undefined;
  read(body: Uint8Array): RecordInterpretation;
}

const CHECKS: readonly (readonly [name: string, run: (material: Material) => void | Promise<void>])[] = [
  ['is read without a quarantined record', assertGood],
  ['is all that there was: no further pages', ({ raw }) => none(raw ? furtherPages(raw) : [])],
  ['means what it meant for this version of the decoder', assertSameVersion],
  ['means the same at any time', assertNoClock],
  ['has keys that are those of the things, whatever the order of the rows', assertAnyOrder],
  ['keeps the keys of all other records where a row is gone', assertMissingRow],
  ['gives each thing a key of its own', assertKeys],
  ['gives another revision of a thing its key and a higher version', assertRevisions],
  ['ends what the source says was withdrawn', assertWithdrawn],
  ['is fetched whole, page by page, and only by the unit', assertFetched],
];

export function recordedRecordCases(dataset: RecordDataset, recordings: readonly Recorded[]): ContractCase[] {
  return recordings.flatMap((recorded) => {
    const { unit, content } = recorded;
    const read = (body: Uint8Array) => interpretRecords(dataset, unit, body);
    const material = { dataset, recorded, raw: rawBody(content), read };
    return CHECKS.map(([what, check]) => ({
      name: `the recording of ${unit} ${what}`,
      run: () => check(material),
    }));
  });
}

function assertGood({ recorded: { content }, read }: Material): void {
  const { kind, findings } = read(content);
  assert.notEqual(kind, 'refused', `it is refused: ${findings[0]?.reason}`);
  const blocked = findings.filter(({ severity }) => severity === 'block');
  none(blocked.map(({ rule, reason }) => `${rule}: ${reason}`));
}

function assertSameVersion({ dataset, recorded }: Material): void {
  assertReading(dataset, recorded);
}

function assertNoClock({ recorded: { content }, read }: Material): void {
  const [then, later] = ['2019-02-03T04:05:06Z', '2031-07-08T09:10:11Z'].map((at) =>
    withClock(Date.parse(at), () => read(content).records),
  );
  assert.deepEqual(then, later, 'it was read otherwise at another time: decode asks for the time');
}

function assertAnyOrder({ recorded: { content }, raw, read }: Material): void {
  if (raw)
    assert.deepEqual(
      keysOf(read(withRowsReversed(raw))),
      keysOf(read(content)),
      'the keys depend on the order of the rows',
    );
}

function keysOf({ records }: RecordInterpretation): string[] {
  return records.map(({ key, startsAtMs, version }) => `${key} ${startsAtMs} ${version}`).toSorted();
}

function assertMissingRow({ recorded: { content }, raw, read }: Material): void {
  if (!raw || raw.rows.length < 3) return;
  const before = new Set(keysOf(read(content)));
  for (const row of spread(raw.rows, 4)) {
    const added: string[] = keysOf(read(withoutRow(raw, row))).filter((key) => !before.has(key));
    none(added, 'without a row, other records have other keys: a position is part of the key');
  }
}

/** Only the highest version of a key counts: two things with one key and one version would hide each other. */
function assertKeys({ recorded: { content }, read }: Material): void {
  const bodies = new Map<string, Set<string>>();
  for (const { key, version, body } of read(content).records) {
    const name = `${key}, version ${version}`;
    bodies.set(name, (bodies.get(name) ?? new Set()).add(String(body)));
  }
  const shared = [...bodies].filter(([, different]) => different.size > 1).map(([name]) => name);
  none(shared, 'several records with other fields have this key: it is not unique');
}

const NAMES_REVISION = /^(rev|revision|version)([_.]?(no|nr|num|number|id))?$/i;

/** A revision that the source counts: the same thing, known better. */
function assertRevisions(material: Material): void {
  const { dataset, raw } = material;
  const counted = raw ? cellsNamed(raw, NAMES_REVISION).filter(({ cell }) => isCount(cell.text)) : [];
  const before = material.read(material.recorded.content);
  let rises = counted.length === 0;
  for (const { row, cell } of spread(counted, 12)) {
    const after = material.read(withText(raw as RawBody, cell, String(Number(cell.text) + 1)));
    if (after.kind === 'refused') continue;
    const known = keysIn(before);
    none(
      [...keysIn(after)].filter((key) => !known.has(key)),
      `another "${cell.column}" of ${shown(raw as RawBody, row)} gave another key: a revision would be another record`,
    );
    rises ||= sumOfVersions(after) > sumOfVersions(before);
  }
  assert.ok(
    rises || dataset.silence === 'withdraw',
    `the rows have "${counted[0]?.cell.column}", and no version rises with it: an older revision that comes late would be taken for the newest`,
  );
}

function isCount(text: string): boolean {
  return /^\d{1,6}$/.test(text.trim());
}

function sumOfVersions({ records }: RecordInterpretation): number {
  return records.reduce((sum, { version }) => sum + version, 0);
}

function keysIn({ records }: RecordInterpretation): Set<string> {
  return new Set(records.map(({ key }) => key));
}

const MEANS_WITHDRAWN = /^(withdrawn|cancell?ed|deleted|dismissed|revoked|a09|a13)$/i;

function assertWithdrawn({ recorded: { content }, raw, read }: Material): void {
  if (!raw) return;
  const withdrawn = cellsNamed(raw, /status|state|docstatus|value$/i).filter(({ cell }) =>
    MEANS_WITHDRAWN.test(cell.text.trim()),
  );
  for (const { row, cell } of withdrawn.slice(0, 6)) {
    const { records } = read(content);
    const without = keysOf(read(withoutRow(raw, row)));
    const own = records.filter(
      (record) => !without.includes(`${record.key} ${record.startsAtMs} ${record.version}`),
    );
    const kept = own.filter(({ body }) => body !== null).map(({ key }) => key);
    none(
      kept,
      `"${cell.column}" is "${cell.text}", and the record is there all the same: withdraw it (body null)`,
    );
  }
}

const ASKS_FOR_CHANGES = /since|updated|modified|changed/i;

/** Runs the fetcher against the recording, in pages where it has some: what it brings has to be what was recorded. */
async function assertFetched({ dataset, recorded: { unit, content }, raw, read }: Material): Promise<void> {
  if (!dataset.pull || !raw) return;
  const serve = inPages(raw) ?? (() => content);
  const requests: SourceRequest[] = [];
  const context = fetchContext((request) => {
    requests.push(request);
    assert.ok(
      requests.length < 1_000,
      'the fetcher made 1,000 requests for one unit: it does not see the last page',
    );
    return serve(request);
  });
  const { body } = await dataset.pull.fetch(unit, context);
  if (requests.length === 0) return;
  const changes = requests
    .flatMap(({ query }) => Object.keys(query))
    .find((name) => ASKS_FOR_CHANGES.test(name));
  assert.ok(
    dataset.silence !== 'withdraw' || changes === undefined,
    `it requests by "${changes}", so an answer brings only what changed, and silence "withdraw" would end all the rest: write "nothing"`,
  );
  const [fetched, all] = [keysOf(read(body)), keysOf(read(content))];
  assert.deepEqual(
    fetched,
    all,
    `of ${all.length} records ${fetched.length} were fetched, with ${requests.length} requests`,
  );
}

/** Everything that a fetcher may use, with a source that answers as told and nothing known from before. */
function fetchContext(answer: (request: SourceRequest) => Uint8Array): FetchContext {
  const contentType = 'application/octet-stream';
  return {
    ...{ settings: {}, areas: [], before: (async function* () {})() },
    kept: async () => new Map(),
    request: async (_base, request) => answer(request),
    ask: async (request) => ({ url: request.path, contentType, status: 200, body: answer(request) }),
  };
}

function cellsNamed({ rows }: RawBody, name: RegExp): { readonly row: RawRow; readonly cell: RawCell }[] {
  const found = rows.flatMap((row) =>
    row.cells.filter(({ column }) => name.test(column)).map((cell) => ({ row, cell })),
  );
  return spread(found, 200);
}

function shown({ text }: RawBody, { at, length }: RawRow): string {
  return text.slice(at, at + Math.min(length, 120));
}
