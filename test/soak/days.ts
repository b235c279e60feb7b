/**
 * Sped-up days of polling, with what a source does in a month: revisions, late days, quarantined borders and answers that
 * are errors or nonsense. `npm run bench -- soak` and its short form in `npm test` run the same.
 */

import type { Database } from '../../db/connection/client.ts';
import { addDays, type CivilDay } from '../../domain/time/civil-day.ts';
import { TASK_QUEUE } from '../../domain/workflow/ids.ts';
import type { PollOutcome } from '../../domain/workflow/messages.ts';
import type { Simulator, SimulatorOptions } from '../../simulator/server.ts';
import type { Temporal } from '../../temporal/connection.ts';
import { quiet } from '../chaos/phases.ts';
import { measure, type Sample } from './measure.ts';

export const DATASET = 'jao-core.max-exchanges';

/** What a soak runs on: one worker is there, and goes by the simulator's clock. */
export interface Place {
  readonly temporal: Temporal;
  readonly database: Database;
  readonly simulator: Simulator;
}

const DAY_MS = 86_400_000;
const START: CivilDay = '2026-09-01';

/** The source of a soak. Its clock stands still until the first day begins. */
export const SOURCE: SimulatorOptions = {
  now: `${START}T00:00:00Z`,
  clockRate: 0,
  revisionShare: 0.2,
  seed: 7,
};

/** How a day of polls passes, until an instant. Resolves with the number of polls. */
export type Pace = (place: Place, untilMs: number) => Promise<number>;

/** Lets simulated days pass. @returns a measurement at the end of each day. */
export async function soak(
  place: Place,
  { days, pace }: { days: number; pace: Pace },
  tell: (day: number, sample: Sample) => void = () => {},
): Promise<Sample[]> {
  const samples: Sample[] = [];
  let polls = 0;
  for (let n = 1; n <= days; n++) {
    disturb(place, addDays(START, n));
    polls += await pace(place, Date.parse(`${START}T00:00:00Z`) + n * DAY_MS);
    const sample = { polls, ...(await measure(place)) };
    samples.push(sample);
    tell(n, sample);
  }
  return samples;
}

/** A day's share of trouble: a late day, a quarantined border, and two answers in a hundred an error, two nonsense. */
function disturb({ simulator: { faults } }: Place, day: CivilDay): void {
  faults.clear();
  const dice = Number(day.slice(8)) % 4;
  if (dice === 1) faults.add({ name: 'late', day, minutes: 300 });
  if (dice === 2) faults.add({ name: 'negative', border: 'border_AT_CZ', day, times: 3 });
  faults.add({ name: 'status', code: 503, share: 0.02 });
  faults.add({ name: 'html-200', share: 0.02 });
}

/** As many polls as the machine makes in so many real seconds a day, one after the other. */
export function bySeconds(seconds: number): Pace {
  return async (place, untilMs) => {
    const { clock } = place.simulator;
    clock.set({ rate: DAY_MS / (seconds * 1_000) });
    let polls = 0;
    for (; clock.nowMs() < untilMs; polls++) await poll(place);
    return polls;
  };
}

/** So many polls a day, whatever the machine can do, and at the end of the day nothing runs any more. */
export function byPolls(polls: number): Pace {
  return async (place, untilMs) => {
    const { clock } = place.simulator;
    // Ten minutes a second, so that a run that waits for publication looks again soon.
    clock.set({ rate: 600 });
    for (let left = polls - 1; left >= 0; left--) {
      clock.set({ nowMs: Math.max(clock.nowMs(), untilMs - (left * DAY_MS) / polls) });
      await poll(place);
    }
    await quiet(place);
    return polls;
  };
}

let serial = 0;

/** One tick of the schedule. It ends when the days that are due have been started. */
export function poll({ temporal }: Place): Promise<PollOutcome> {
  return temporal.client.workflow.execute('pollDataset', {
    args: [{ dataset: DATASET }],
    taskQueue: TASK_QUEUE,
    workflowId: `poll-${serial++}`,
  });
}
