/** When is a message due: inside which hours, in which digest, over changes of the clocks? */
import { describe, expect, test } from 'vitest';
import { readSubscription } from '../../../../domain/notify/read-subscription.ts';
import { dueAt, type Hours } from '../../../../domain/notify/subscription.ts';

const due = (at: string, hours: Hours | null, digest: string | null = null) => {
  const read = readSubscription({ channel: 'webhook', address: 'https://x.test/' });
  if (!('settings' in read)) throw new Error('these settings are right');
  return new Date(dueAt({ ...read.settings, hours, digest }, Date.parse(at)).dueMs).toISOString();
};
const office: Hours = { from: '07:00', to: '19:00', timeZone: 'Europe/Amsterdam', workdays: false };

describe('hours', () => {
  test('inside of them it is now, outside when they begin', () => {
    expect(due('2026-11-20T12:00:00Z', office)).toBe('2026-11-20T12:00:00.000Z');
    expect(due('2026-11-20T05:59:59Z', office)).toBe('2026-11-20T06:00:00.000Z');
    expect(due('2026-11-20T18:00:00Z', office)).toBe('2026-11-21T06:00:00.000Z');
  });

  test('over midnight', () => {
    const night = { ...office, from: '18:00', to: '08:00' };
    expect(due('2026-11-20T02:00:00Z', night)).toBe('2026-11-20T02:00:00.000Z');
    expect(due('2026-11-20T08:00:00Z', night)).toBe('2026-11-20T17:00:00.000Z');
  });

  test('on workdays alone, over a change of the clocks', () => {
    const week = { ...office, workdays: true };
    // The clocks go back in the night to Sunday.
    expect(due('2026-10-23T20:00:00Z', week)).toBe('2026-10-26T06:00:00.000Z');
    expect(due('2026-03-27T20:00:00Z', week)).toBe('2026-03-30T05:00:00.000Z');
  });
});

describe('a digest', () => {
  test('comes at the next hour, or at its time of day', () => {
    expect(due('2026-11-20T12:34:00Z', null, 'hourly')).toBe('2026-11-20T13:00:00.000Z');
    expect(due('2026-11-20T12:34:00Z', null, '07:30')).toBe('2026-11-21T07:30:00.000Z');
    expect(due('2026-11-20T12:34:00Z', office, '15:00')).toBe('2026-11-20T14:00:00.000Z');
  });
});
