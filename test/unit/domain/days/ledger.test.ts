/** Does a day's state follow from what is known, and can it only move where the table says? */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  assertLegalTransition,
  DAY_STATES,
  type DayKnowledge,
  isLegalTransition,
  stateAfterFailure,
  stateOf,
  stateWhenNotDue,
} from '../../../../domain/days/ledger.ts';

const nothing: DayKnowledge = {
  expectedPoints: 48,
  publishedPoints: 0,
  presentPoints: 0,
  quarantinedPoints: 0,
  answerRefused: false,
  deadlinePassed: false,
  isInProgress: false,
  declaredAbsent: false,
};

const anyKnowledge = fc.record({
  expectedPoints: fc.constant(48),
  publishedPoints: fc.integer({ min: 0, max: 50 }),
  presentPoints: fc.integer({ min: 0, max: 50 }),
  quarantinedPoints: fc.constantFrom(0, 0, 3),
  answerRefused: fc.boolean(),
  deadlinePassed: fc.boolean(),
  isInProgress: fc.boolean(),
  declaredAbsent: fc.boolean(),
});

describe('state from knowledge', () => {
  test.each([
    ['awaiting', {}],
    ['late', { deadlinePassed: true }],
    ['partial', { publishedPoints: 48, presentPoints: 47 }],
    ['partial', { publishedPoints: 48, presentPoints: 0, deadlinePassed: true }],
    ['in_progress', { publishedPoints: 48, presentPoints: 47, isInProgress: true }],
    ['complete', { publishedPoints: 48, presentPoints: 48, isInProgress: true }],
    ['quarantined', { publishedPoints: 47, presentPoints: 47, quarantinedPoints: 1, isInProgress: true }],
    ['awaiting', { isInProgress: true }],
    ['complete', { publishedPoints: 48, presentPoints: 48 }],
    ['quarantined', { publishedPoints: 48, presentPoints: 48, answerRefused: true }],
    ['quarantined', { publishedPoints: 48, presentPoints: 40, answerRefused: true, isInProgress: true }],
    ['quarantined', { answerRefused: true }],
    ['absent', { declaredAbsent: true }],
    ['absent', { declaredAbsent: true, answerRefused: true, deadlinePassed: true }],
    ['complete', { declaredAbsent: true, publishedPoints: 48, presentPoints: 48 }],
    ['quarantined', { publishedPoints: 47, presentPoints: 47, quarantinedPoints: 1 }],
  ] as const)('%s from %j', (state, known) => {
    expect(stateOf({ ...nothing, ...known })).toBe(state);
  });

  test('a failed attempt never hides what is known', () => {
    expect(DAY_STATES.map((state) => stateAfterFailure(state))).toEqual([
      'failed',
      'in_progress',
      'failed',
      'failed',
      'partial',
      'complete',
      'quarantined',
      'failed',
      'absent',
    ]);
    expect(stateAfterFailure(undefined)).toBe('failed');
    expect(stateWhenNotDue(undefined)).toBe('scheduled');
    expect(stateWhenNotDue('complete')).toBe('complete');
  });
});

describe('transitions', () => {
  test('every state may stay, none may go back to scheduled', () => {
    for (const state of DAY_STATES) {
      expect(isLegalTransition(state, state)).toBe(true);
      expect(isLegalTransition(undefined, state)).toBe(true);
      if (state !== 'scheduled') expect(isLegalTransition(state, 'scheduled')).toBe(false);
    }
  });

  test('what payloads can do is legal: knowledge grows, time passes', () => {
    fc.assert(
      fc.property(anyKnowledge, anyKnowledge, (before, after) => {
        // Published points never go away, their values may and the deadline does not come back.
        fc.pre(
          after.publishedPoints >= before.publishedPoints &&
            (after.deadlinePassed || !before.deadlinePassed) &&
            (before.isInProgress || !after.isInProgress),
        );
        expect(isLegalTransition(stateOf(before), stateOf(after))).toBe(true);
      }),
    );
  });

  test('every state may be followed by a failed attempt', () => {
    for (const state of DAY_STATES) expect(isLegalTransition(state, stateAfterFailure(state))).toBe(true);
  });

  test('an illegal one names both states', () => {
    expect(() => assertLegalTransition('complete', 'awaiting')).toThrow(
      'no legal transition from "complete" to "awaiting"',
    );
  });
});
