/** Does a definition say at once what of it nothing obeys, and what makes no sense together? */
import { describe, expect, test } from 'vitest';
import { defineDataset, waysOf } from '../../../../domain/dataset/dataset.ts';
import type { PointDataset } from '../../../../domain/dataset/points.ts';
import {
  frozen,
  missingIntervals,
  sameAsYesterday,
  validField,
  validRange,
} from '../../../../domain/interpret/checks.ts';
import { sentPoints } from '../../../../domain/lines/sent-points.ts';
import { sampleDataset } from '../../../support/sample-dataset.ts';
import { sampleFiles } from '../../../support/sample-file-dataset.ts';
import { sampleRecordDataset } from '../../../support/sample-record-dataset.ts';

const pulled = sampleDataset();
const define = (changes: object) => () => defineDataset({ ...pulled, ...changes } as PointDataset);

describe('a field that nothing knows', () => {
  test('is refused with its value and what to write, also where it came with a spread', () => {
    const old = { plausible: { range: [0, 1], step: 1 } };
    expect(define(old)).toThrow('plausible is {"range":[0,1],"step":1}, which nothing knows: leave it out');
    expect(define({ chunckDays: 7 })).toThrow(
      'chunckDays is 7, which nothing knows: leave it out, or write "chunkDays"',
    );
    expect(define({ period: 'day' })).toThrow('period is "day", which nothing knows');
  });

  test('is refused within a way of coming, too', () => {
    expect(define({ pull: { ...pulled.pull, batches: { maxHours: 48 } } })).toThrow(
      'pull.batches is {"maxHours":48}, which nothing knows: leave it out, or write "batch"',
    );
    expect(define({ push: { ...sentPoints(), form: {} }, silence: 'nothing' })).toThrow('push.form is {}');
    expect(() =>
      sampleRecordDataset({
        push: { lines: { isHeader: () => false, instantOf: () => undefined }, more: 1 } as never,
      }),
    ).toThrow('push.more is 1');
  });

  test('another shape is none', () => {
    expect(define({ shape: 'rows' })).toThrow('shape is "rows": write "points" or "records"');
  });
});

describe('points that are sent', () => {
  const push = sentPoints();
  test('may be requested and come in files besides', () => {
    const all = define({
      push,
      silence: 'nothing',
      finestSeconds: 3_600,
      files: { onlySeries: 'a', form: {} },
    })();
    expect(waysOf(all)).toEqual(['pull', 'files', 'push']);
  });

  test('need silence that means nothing, and intervals that are known', () => {
    expect(define({ push })).toThrow('silence is "keep": write "nothing" where points are sent');
    const { resolution: _, expectedSeries: __, ...ungridded } = pulled;
    expect(() => defineDataset({ ...ungridded, push, silence: 'nothing' } as PointDataset)).toThrow(
      'resolution needs entries',
    );
  });
});

describe('a check', () => {
  test('that needs what the dataset does not have is refused', () => {
    expect(define({ silence: 'nothing', checks: [frozen()] })).toThrow(
      'check "frozen" must be left out where silence is "nothing"',
    );
    expect(() => sampleFiles({ checks: [missingIntervals()] })).toThrow(
      'check "missing_intervals" must be left out, or the definition needs "resolution" and "expectedSeries"',
    );
    expect(() => sampleFiles({ checks: [sameAsYesterday()] })).toThrow(
      'check "same_as_yesterday" must be left out without "pull"',
    );
    expect(define({ checks: [validRange(0, 1, 'MW'), validRange(0, 2, 'MW')] })).toThrow(
      'check "range" is there twice',
    );
  });

  test('of records needs no grid', () => {
    expect(() => sampleRecordDataset({ checks: [validField('price', 0, 10)] })).not.toThrow();
  });
});

test('records that say all there is have no order of arrival', () => {
  expect(() => sampleRecordDataset({ silence: 'withdraw', versions: 'by-arrival' })).toThrow(
    'versions is "by-arrival": leave it out where silence is "withdraw"',
  );
});
