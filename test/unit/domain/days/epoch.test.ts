/** Which cursors may a reader go on from after a restore, and what is it told otherwise? */
import { expect, test } from 'vitest';
import { epochOf, whyRefused } from '../../../../domain/days/epoch.ts';

const restored = {
  number: 1,
  beganAt: new Date('2026-11-23T05:00:10Z'),
  endedCursor: 33,
  knownTo: new Date('2026-11-23T05:00:00Z'),
};

test('a cursor says its epoch', () => {
  expect([0, 98, 999_999_999_999, 1e12, 3e12 + 42].map(epochOf)).toEqual([0, 0, 0, 1, 3]);
});

test('whoever has read up to the end, or less, goes on', () => {
  for (const since of [0, 32, 33])
    expect(whyRefused(since, { cursor: 33, followedBy: restored })).toBeUndefined();
  expect(whyRefused(33, { cursor: 33, followedBy: undefined })).toBeUndefined();
});

test('whoever has read what is lost is told from where to go on, and since when to read days again', () => {
  expect(whyRefused(98, { cursor: 33, followedBy: restored })).toBe(
    'the database was restored, or a standby took over, at 2026-11-23T05:00:10.000Z, and the feed of before ends at 33: ' +
      'go on from 33, and read the days again that you have learned of since 2026-11-23T05:00:00.000Z',
  );
  expect(whyRefused(98, { cursor: 33, followedBy: undefined })).toContain('the cursor of another database');
});
