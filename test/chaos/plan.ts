/**
 * What a kill run does, drawn from its seed before anything starts: in each phase the state of publication, the
 * disturbances, and who else asks. The published data of a phase depends on nothing but the plan, so that a run without
 * disturbances can be given the same. Durations are milliseconds.
 */
import fc from 'fast-check';
import { addDays, type CivilDay, eachDay } from '../../domain/time/civil-day.ts';
import { BORDERS } from '../../simulator/borders.ts';
import type { FaultInput } from '../../simulator/faults.ts';

/** One round has each of these once; killed workers are the commonest accident, so they come twice. */
const ROUND = [
  'kill worker',
  'kill worker',
  'kill Temporal',
  'kill PostgreSQL',
  'kill session',
  'cut PostgreSQL',
  'cut Temporal',
  'cut source',
  'freeze PostgreSQL',
  'freeze Temporal',
] as const;
export type Kind = (typeof ROUND)[number] | 'pause worker';

export interface Disturbance {
  readonly kind: Kind;
  /** Waited after the disturbance before. */
  readonly afterMs: number;
  /** From the blow to the restart. */
  readonly pauseMs: number;
  /** Chooses the worker or the session. */
  readonly pick: number;
}

export interface Phase {
  /** What the source publishes otherwise from this phase on, and what is odd about it during this phase. */
  readonly publication: readonly FaultInput[];
  readonly disturbances: readonly Disturbance[];
  /** Days that a person asks for meanwhile. */
  readonly reruns: readonly CivilDay[];
}

export interface Plan {
  readonly seed: number;
  readonly from: CivilDay;
  readonly to: CivilDay;
  readonly phases: readonly Phase[];
}

export interface PlanOptions {
  readonly seed: number;
  /** Kills and cuts, at least; whole rounds. */
  readonly kills: number;
  readonly days: number;
  /** The last delivery day. */
  readonly to: CivilDay;
  /** Stop a worker once a phase for longer than its heartbeat timeout and let it go on. */
  readonly pauses: boolean;
}

/** Longer than the heartbeat timeout of activities (workflows/proxies.ts): meanwhile another worker has the work. */
const PAUSED_MS = { min: 16_000, max: 20_000 };

export function planRun({ seed, kills, days: count, to, pauses }: PlanOptions): Plan {
  const from = addDays(to, 1 - count);
  const days = eachDay(from, to);
  const kinds: Kind[] = pauses ? [...ROUND, 'pause worker'] : [...ROUND];
  const rounds = Math.ceil(kills / kinds.length);
  const disturbances = draw(roundOf(kinds), seed, rounds).flat();
  // Two at least: a single one would have no revisions.
  const length = Math.max(2, rounds);
  const each = Math.ceil(disturbances.length / length);
  const phases = draw(phaseOf(days), seed, length).map((phase, n) => ({
    ...phase,
    // What is odd lasts one phase; in the last one the source is in order.
    publication: [...phase.revisions, ...(n === length - 1 ? [] : phase.anomalies)],
    disturbances: disturbances.slice(n * each, (n + 1) * each),
  }));
  return { seed, from, to, phases };
}

/** The same values for the same seed, evenly spread: the bias that suits property tests is of no use here. */
function draw<T>(arbitrary: fc.Arbitrary<T>, seed: number, count: number): T[] {
  return fc.sample(fc.noBias(arbitrary), { seed, numRuns: count });
}

function phaseOf(days: readonly CivilDay[]) {
  return fc.record({ revisions: revisionsOf(days), anomalies: anomaliesOf(days), reruns: someOf(days, 3) });
}

function roundOf(kinds: readonly Kind[]): fc.Arbitrary<Disturbance[]> {
  return fc
    .shuffledSubarray([...kinds], { minLength: kinds.length })
    .chain((order) => fc.tuple(...order.map(disturbanceOf)));
}

function disturbanceOf(kind: Kind): fc.Arbitrary<Disturbance> {
  return fc.record({
    kind: fc.constant(kind),
    afterMs: fc.integer({ min: 50, max: 1_500 }),
    pauseMs: kind === 'pause worker' ? fc.integer(PAUSED_MS) : fc.integer({ min: 50, max: 2_000 }),
    pick: fc.nat(),
  });
}

/** Some four days in ten get new values, some of them none. */
function revisionsOf(days: readonly CivilDay[]): fc.Arbitrary<FaultInput[]> {
  return fc.array(
    fc.record({
      name: fc.constant('revise' as const),
      day: fc.constantFrom(...days),
      hour: fc.integer({ min: 0, max: 22 }),
      border: fc.constantFrom(...BORDERS.map(({ key }) => key)),
      value: fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: 0, max: 20_000 }) },
        { weight: 1, arbitrary: fc.constant(null) },
      ),
    }),
    { minLength: Math.ceil(days.length / 3), maxLength: days.length },
  );
}

function anomaliesOf(days: readonly CivilDay[]): fc.Arbitrary<FaultInput[]> {
  const border = 'border_AT_CZ';
  return someOf(days, 5).map(([none = '', negative = '', short = '', fewer = '', refused = '']) => [
    { name: 'empty-data', day: none },
    { name: 'negative', day: negative, border },
    { name: 'missing-hours', day: short, hours: [3, 4] },
    { name: 'missing-border', day: fewer, border },
    { name: 'quarter-hours', day: refused },
  ]);
}

function someOf(days: readonly CivilDay[], count: number): fc.Arbitrary<CivilDay[]> {
  return fc.shuffledSubarray([...days], { minLength: count, maxLength: count });
}
