/**
 * How people control a running backfill: four messages, each as Update (refused at once if invalid; answers with the progress) and as
 * Signal (if invalid, noted in the details).
 */
import { defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import type {
  BackfillInput,
  BackfillProgress,
  Order,
  PauseInput,
  ResumeInput,
  SkipInput,
  SteerInput,
} from '../../domain/backfill/backfill.ts';
import {
  readPauseInput,
  readResumeInput,
  readSkipInput,
  readSteerInput,
} from '../../domain/backfill/backfill-input.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { fromRanges } from '../../domain/time/day-ranges.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import { orFailWorkflow } from '../failure.ts';

const DEFAULT_CONCURRENCY = 16;
const ACTS_KEPT = 10;

/** State passed from one run of a backfill to the next. */
export interface CarriedSteering {
  readonly concurrency: number;
  readonly order: Order;
  /** 0: never. */
  readonly stopAfterFailures: number;
  /** Since the last resume. */
  readonly failures: number;
  readonly paused: string | null;
  readonly pausedItself: boolean;
  /** What people did, oldest first. */
  readonly log: readonly string[];
}

/** What steering needs from the work that it controls. */
export interface Steered {
  /** Skips days that have not started. @returns those it could not skip, and why. */
  refusals(days: readonly CivilDay[]): string[];
  skip(days: readonly CivilDay[], reason: string): void;
  reorder(order: Order): void;
  progress(): BackfillProgress;
  show(): void;
}

export class BackfillSteering {
  #state: CarriedSteering;

  constructor(input: BackfillInput, carried?: CarriedSteering) {
    this.#state = carried ?? {
      concurrency: input.concurrency ?? DEFAULT_CONCURRENCY,
      order: input.order ?? 'newest',
      stopAfterFailures: input.stopAfterFailures ?? 0,
      failures: 0,
      pausedItself: false,
      paused: input.paused ? 'it waits for somebody to approve the plan' : null,
      log: [],
    };
  }

  get concurrency(): number {
    return this.#state.concurrency;
  }

  get order(): Order {
    return this.#state.order;
  }

  get paused(): string | null {
    return this.#state.paused;
  }

  get pausedItself(): boolean {
    return this.#state.pausedItself;
  }

  get log(): readonly string[] {
    return this.#state.log;
  }

  carry(): CarriedSteering {
    return this.#state;
  }

  /** One more day failed: the circuit breaker. */
  noteFailure(): void {
    const failures = this.#state.failures + 1;
    const { stopAfterFailures } = this.#state;
    const isBroken = stopAfterFailures > 0 && failures >= stopAfterFailures && this.paused === null;
    const paused = isBroken
      ? `${failures} days have failed; resume it when the cause is mended`
      : this.paused;
    this.#change({ failures, paused, pausedItself: isBroken || this.pausedItself });
  }

  pause({ reason, by }: PauseInput): void {
    this.#change({ paused: explanation(by, reason), pausedItself: false });
    this.note(`paused, ${this.paused}`);
  }

  resume({ reason, by }: ResumeInput): void {
    this.#change({ paused: null, pausedItself: false, failures: 0 });
    this.note(['resumed', explanation(by, reason)].filter((text) => text !== '').join(', '));
  }

  steer(input: SteerInput): void {
    this.#change(input);
    this.note(`steered: ${JSON.stringify(input)}`);
  }

  /** Records what a person did, for the details in the Web UI. */
  note(act: string): void {
    const line = `${new Date().toISOString().slice(0, 19)}Z ${act}`;
    this.#change({ log: [...this.log, line].slice(-ACTS_KEPT) });
  }

  #change(change: Partial<CarriedSteering>): void {
    this.#state = { ...this.#state, ...change };
  }
}

function explanation(by: string | undefined, reason = ''): string {
  return [by, reason].filter((text) => text).join(': ');
}

/** Registers the messages. Before the first wait, so that none is missed. */
export function listen(steering: BackfillSteering, work: Steered): void {
  on('pause', 'Starts no more days: {"reason": "…"}', readPauseInput, (input) => steering.pause(input));
  on('resume', 'Goes on; the count of failures begins anew: {}', readResumeInput, (input) =>
    steering.resume(input),
  );
  on(
    'steer',
    'For the days still to begin: {"concurrency": 4, "order": "oldest", "stopAfterFailures": 10}',
    readSteerInput,
    (input) => {
      steering.steer(input);
      if (input.order) work.reorder(input.order);
    },
  );
  on(
    'skip',
    'Leaves out days that have not begun: {"days": ["2026-11-03"], "reason": "…"}',
    readSkip,
    (input) => work.skip(fromRanges(input.days), explanation(input.by, input.reason)),
  );

  function readSkip(given: unknown): SkipInput {
    const input = readSkipInput(given);
    const refusals = work.refusals(fromRanges(input.days));
    if (refusals.length > 0) throw new Failure('BAD_INPUT', `skip: ${refusals.join('; ')}`);
    return input;
  }

  function on<T>(
    name: string,
    description: string,
    read: (given: unknown) => T,
    act: (input: T) => void,
  ): void {
    const perform = (given: unknown) => {
      act(read(given));
      work.show();
      return work.progress();
    };
    setHandler(defineUpdate<BackfillProgress, [given: unknown]>(name), perform, {
      validator: (given) => void orFailWorkflow(() => read(given)),
      description,
    });
    setHandler(
      defineSignal<[given: unknown]>(name),
      (given) => {
        try {
          perform(given);
        } catch (error) {
          // A signal has no answer: a refused one is noted in the details, where its sender checks next.
          steering.note(`not done: ${error instanceof Error ? error.message : String(error)}`);
          work.show();
        }
      },
      { description },
    );
  }
}
