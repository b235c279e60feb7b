/** Does a dataset of records survive any input, and read the same bytes the same way? */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Example } from '../../domain/dataset/example.ts';
import { linesOf, type RecordDataset, unitInterval } from '../../domain/dataset/records.ts';
import { interpretRecords } from '../../domain/interpret/interpret-records.ts';
import { type ContractCase, DAY, type Subject, specialDays } from './case.ts';
import { holds, strangeBodies } from './mutations.ts';
import { recordedRecordCases } from './recorded/records.ts';

export function recordCases(subject: Subject<RecordDataset>): ContractCase[] {
  const { dataset, example, runs } = subject;
  const unit = dataset.period === 'year' ? `${DAY.slice(0, 4)}-01-01` : DAY;
  return [
    ...strangeBodies().map(({ name, bodies, runs: wanted }) => ({
      name: `survives ${name}`,
      run: () =>
        holds(
          fc.property(bodies, (body) => assertSound(dataset, unit, body)),
          runs(wanted),
        ),
    })),
    ...(example ? exampleCases(dataset, example, unit) : []),
    ...recordedRecordCases(dataset, subject.recordings),
  ];
}

/** What must hold for an answer in which everything was published. */
function exampleCases(dataset: RecordDataset, example: Example, unit: string): ContractCase[] {
  const units = dataset.period === 'year' ? [unit] : [unit, ...specialDays(dataset)];
  const read = (day: string, body: Uint8Array) => interpretRecords(dataset, day, body);
  const answerOf = (day: string) => example.answer(unitInterval(dataset, day));
  const { retell } = example;
  return [
    ...units.map((day) => ({
      name: `reads its example of ${day} without warnings`,
      run: () => {
        assertWhole(dataset, day, answerOf(day));
        assertSound(dataset, day, answerOf(day));
      },
    })),
    ...(retell
      ? [
          {
            name: 'reads the same records whatever the order of the answer',
            run: () => {
              // Always the last of the rest: this reverses the order.
              const retold = retell(answerOf(unit), (n) => n - 1);
              assert.deepEqual(keyed(read(unit, retold)), keyed(read(unit, answerOf(unit))));
            },
          },
        ]
      : []),
  ];
}

/** Records of this unit only, with a value in each declared field of some record. */
function assertWhole(dataset: RecordDataset, unit: string, body: Uint8Array): void {
  const { kind, records, findings } = interpretRecords(dataset, unit, body);
  assert.deepEqual({ kind, findings }, { kind: 'points', findings: [] });
  const { startMs, endMs } = unitInterval(dataset, unit);
  const outside = records.filter(({ startsAtMs }) => startsAtMs < startMs || startsAtMs >= endMs);
  assert.deepEqual(outside, [], 'records lie outside of their unit');
  const bodies = records.map((record) => JSON.parse(record.body ?? '{}'));
  const never = dataset.fields.filter(({ name }) => bodies.every((fields) => fields[name] == null));
  assert.deepEqual(
    never.map(({ name }) => name),
    [],
    'fields that no record of the example has',
  );
}

/** By key, without their positions. */
function keyed({ records }: ReturnType<typeof interpretRecords>) {
  return records.map(({ place: _, ...record }) => record).toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

function assertSound(dataset: RecordDataset, day: string, body: Uint8Array): void {
  const read = interpretRecords(dataset, day, body);
  const again = interpretRecords(dataset, day, body);
  assert.deepEqual(again.records, read.records, 'the same bytes gave other records');
  const keys = read.records.map(({ key }) => key);
  if (linesOf(dataset) === undefined && dataset.silence === 'withdraw')
    assert.equal(new Set(keys).size, keys.length, 'a record came twice');
  if (read.kind === 'refused') assert.deepEqual(read.records, []);
}
