/** Does a wrong input in the Web UI get a sentence that names the field, the value and the hint? */
import { describe, expect, test } from 'vitest';
import { readBackfillInput } from '../../../../domain/backfill/backfill-input.ts';
import { Failure } from '../../../../domain/workflow/failures.ts';
import {
  readDecideDayInput,
  readIngestDayInput,
  readPollDatasetInput,
  readRebuildInput,
} from '../../../../domain/workflow/input.ts';

const dataset = 'jao-core.max-exchanges';

const decided = { dataset, day: '2026-11-20', decision: 'release', by: 'anna', reason: 'right after all' };

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    expect((error as Failure).code).toBe('BAD_INPUT');
    return (error as Failure).message;
  }
  throw new Error('was accepted');
}

test('right inputs come through as they are', () => {
  expect(readIngestDayInput({ dataset, day: '2026-11-20' })).toEqual({ dataset, day: '2026-11-20' });
  expect(
    readIngestDayInput({ dataset, day: '2026-11-20', trigger: 'backfill', backfillId: 'x', answerId: 7 }),
  ).toBeTruthy();
  expect(readPollDatasetInput({ dataset })).toEqual({ dataset });
  const backfill = {
    dataset,
    from: '2026-10-21',
    to: '2026-11-20',
    days: 'all',
    concurrency: 200,
    order: 'oldest',
  };
  expect(readBackfillInput(backfill)).toEqual(backfill);
  const rebuild = { dataset, from: '2026-10-21', to: '2026-11-20', decoderOlderThan: 2, dryRun: true };
  expect(readRebuildInput(rebuild)).toEqual(rebuild);
  expect(readDecideDayInput({ ...decided, findings: [1, 2] })).toEqual({ ...decided, findings: [1, 2] });
  expect(readDecideDayInput({ ...decided, rule: 'range', findings: null })).toEqual({
    ...decided,
    rule: 'range',
  });
  expect(readDecideDayInput({ ...decided, decision: 'absent' })).toBeTruthy();
});

describe('wrong ones', () => {
  test.each([
    [undefined, 'the input is nothing; write one JSON object, such as {"dataset"'],
    [null, 'the input is null'],
    ['2026-11-20', 'the input is "2026-11-20"; write one JSON object, such as'],
    [
      JSON.stringify({ dataset, day: '2026-11-20' }),
      'that is a text: leave out the quotes around it and the backslashes in it, and write one JSON object, such as {"dataset"',
    ],
    [[dataset], 'the input is ["jao-core.max-exchanges"]'],
    [{}, '"dataset" is missing: write the id of a dataset'],
    [{ dataset, day: '2026-02-30' }, '"day" is "2026-02-30": write an existing date as YYYY-MM-DD'],
    [{ dataset, day: 20261120 }, '"day" is 20261120: write an existing date'],
    [{ dataset: '', day: '2026-11-20' }, '"dataset" is "": write the id'],
    [
      { dataset, day: '2026-11-20', tirgger: 'person' },
      '"tirgger" is not a field; the fields are dataset, day, trigger',
    ],
    [
      { dataset, day: '2026-11-20', trigger: 'me' },
      '"trigger" is "me": write "schedule" or "backfill" or "person"',
    ],
    [{ dataset, day: '2026-11-20', wait: 'no' }, '"wait" is "no": write true or false'],
  ])('ingestDay %j', (input, summary) => {
    expect(refusal(() => readIngestDayInput(input))).toContain(summary);
  });

  test.each([
    [{ ...decided }, 'say which findings: either "findings" or "rule"'],
    [{ ...decided, rule: 'range', findings: [1] }, 'say which findings: either'],
    [{ ...decided, decision: 'absent', rule: 'range' }, '"absent" is about the whole day'],
    [{ ...decided, decision: 'delete' }, '"decision" is "delete": write "release" or "waive" or "absent"'],
    [{ dataset, day: '2026-11-20', decision: 'absent', by: 'anna' }, '"reason" is missing: write why'],
    [{ ...decided, by: ' ' }, '"by" is " ": write who decides'],
    [{ ...decided, findings: [] }, '"findings" is []: write a list of ids'],
    [{ ...decided, findings: ['1'] }, '"findings" is ["1"]: write a list of ids'],
  ])('decideDay %j', (input, summary) => {
    expect(refusal(() => readDecideDayInput(input))).toContain(summary);
  });

  test('all faults are named at once', () => {
    const message = refusal(() =>
      readBackfillInput({ from: 'x', to: '2026-11-20', concurrency: 0, order: 'up' }),
    );
    for (const part of [
      '"dataset" is missing',
      '"from" is "x"',
      '"concurrency" is 0: write a whole number from 1 to 200',
      '"order" is "up"',
    ]) {
      expect(message).toContain(part);
    }
  });

  test('a range that runs backwards', () => {
    expect(refusal(() => readBackfillInput({ dataset, from: '2026-11-20', to: '2026-11-19' }))).toContain(
      'swap them',
    );
    expect(refusal(() => readRebuildInput({ dataset, from: '2026-11-20', to: '2026-11-19' }))).toContain(
      'rebuild: "from" (2026-11-20) is after "to" (2026-11-19); swap them',
    );
  });

  test('a huge value is shown shortened', () => {
    expect(refusal(() => readPollDatasetInput({ dataset: 'x'.repeat(10_000) })).length).toBeLessThan(400);
  });
});
