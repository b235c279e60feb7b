/** One run of a backfill: its queue, the days in progress, and the outcomes of the others. */
import { condition, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type {
  BackfillInput,
  BackfillPlan,
  BackfillProgress,
  Order,
  PlanSummary,
} from '../../domain/backfill/backfill.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { fromRanges } from '../../domain/time/day-ranges.ts';
import { urgencyOf } from '../../domain/workflow/urgency.ts';
import { type CarriedThroughput, Throughput } from '../throughput.ts';
import { isOutdated } from '../upgrade.ts';
import { describeBackfill } from './backfill-details.ts';
import { BackfillTracker, type CarriedProgress } from './backfill-progress.ts';
import { BackfillQueue, type Work } from './backfill-queue.ts';
import { BackfillSteering, type CarriedSteering, type Steered } from './backfill-steering.ts';
import { doWork, type EndedDay } from './backfill-work.ts';

const DAYS_PER_RUN = 400;
const SHOW_EVERY_MS = 1_000;

/** State passed from one run of a backfill to the next. */
export interface CarriedRun {
  /** The form from before backfills had plans. */
  readonly daysLeft?: readonly CivilDay[];
  readonly work?: readonly Work[];
  readonly progress: CarriedProgress;
  readonly steering?: CarriedSteering;
  readonly throughput?: CarriedThroughput;
  readonly summary?: PlanSummary | undefined;
}

export class BackfillRun implements Steered {
  readonly steering: BackfillSteering;
  readonly #request: BackfillInput;
  readonly #tracker: BackfillTracker;
  readonly #throughput: Throughput;
  #queue: BackfillQueue;
  #summary: PlanSummary | undefined;
  readonly #batches = { refused: 0 };
  #isEnded = false;
  #daysToBegin = DAYS_PER_RUN;
  #shownAtMs = 0;

  constructor(request: BackfillInput, carried?: CarriedRun) {
    this.#request = request;
    this.steering = new BackfillSteering(request, carried?.steering);
    this.#tracker = carried
      ? BackfillTracker.resume(request, carried.progress)
      : BackfillTracker.begin(request);
    this.#throughput = new Throughput(carried?.throughput);
    this.#queue = new BackfillQueue(carried?.work ?? single(carried?.daysLeft ?? []));
    this.#summary = carried?.summary;
  }

  get summary(): PlanSummary | undefined {
    return this.#summary;
  }

  get hasWorkLeft(): boolean {
    return !this.#queue.isEmpty;
  }

  /** Adopts a plan. */
  plan(plan: BackfillPlan): void {
    this.#summary = plan.summary;
    this.#tracker.plan(plan);
    this.#queue = new BackfillQueue(workOf(plan));
    // It may have been changed by `steer` while the plan was made.
    if (this.steering.order !== (this.#request.order ?? 'newest')) this.#queue.reorder(this.steering.order);
    this.show();
  }

  /** Works through the queue, up to the limit of one run; always waits for what is in progress. */
  async work(): Promise<void> {
    const inProgress = new Set<Promise<void>>();
    try {
      for (;;) {
        await condition(() => this.#mayBegin() || this.#isOver());
        if (this.#isOver()) return;
        const work = this.#takeNext();
        const doing = this.#do(work).finally(() => inProgress.delete(doing));
        inProgress.add(doing);
      }
    } finally {
      // Cancelled: the cancellation has reached the days, and they report how they ended.
      await Promise.allSettled(inProgress);
    }
  }

  carry(): CarriedRun {
    return {
      work: this.#queue.rest(),
      progress: this.#tracker.carry(),
      steering: this.steering.carry(),
      throughput: this.#throughput.carry(),
      summary: this.#summary,
    };
  }

  /** The last progress. @param how it ended, unless everything was done. */
  end(how?: string): BackfillProgress {
    if (how) this.#tracker.close(how);
    this.#isEnded = true;
    this.show();
    return this.progress();
  }

  progress(): BackfillProgress {
    const { concurrency, order, paused, pausedItself } = this.steering;
    const daysPerMinute = this.#throughput.perMinute(Date.now());
    const left = this.#queue.days + this.#tracker.running.length;
    const minutesLeft = daysPerMinute && !paused ? Math.ceil((left / daysPerMinute) * 10) / 10 : null;
    const waiting = { paused, pausedItself };
    return { ...this.#tracker.progress(), ...waiting, concurrency, order, daysPerMinute, minutesLeft };
  }

  show(): void {
    this.#shownAtMs = Date.now();
    const { workflowId } = workflowInfo();
    const facts = { plan: this.#summary, log: this.steering.log, workflowId, isOver: this.#isEnded };
    setCurrentDetails(describeBackfill(this.progress(), facts));
  }

  refusals(days: readonly CivilDay[]): string[] {
    return days.flatMap((day) => {
      if (this.#queue.has(day)) return [];
      const why = this.#tracker.running.includes(day)
        ? 'is in progress; cancel its own workflow instead'
        : 'does not wait to be begun: it is done, or not in the plan';
      return [`${day} ${why}`];
    });
  }

  skip(days: readonly CivilDay[], reason: string): void {
    this.#queue.take(days);
    this.#tracker.skip(days, reason);
  }

  reorder(order: Order): void {
    this.#queue.reorder(order);
  }

  #mayBegin(): boolean {
    if (this.steering.paused !== null || this.#beginsNoMore()) return false;
    const { concurrency } = this.steering;
    return this.#queue.fits(concurrency - this.#tracker.running.length, concurrency);
  }

  #isOver(): boolean {
    const nothingToBegin = this.#queue.isEmpty || this.#beginsNoMore();
    return nothingToBegin && this.#tracker.running.length === 0;
  }

  /** The next run continues with what is left. */
  #beginsNoMore(): boolean {
    return this.#daysToBegin <= 0 || (this.#daysToBegin < DAYS_PER_RUN && isOutdated());
  }

  #takeNext(): Work {
    const work = this.#queue.shift(this.steering.concurrency);
    this.#daysToBegin -= work.days.length;
    // Before anything is awaited: started days occupy slots.
    for (const day of work.days) this.#tracker.begin(day);
    this.#throughput.begin(Date.now());
    this.#showNowAndThen();
    return work;
  }

  async #do(work: Work): Promise<void> {
    const { dataset } = this.#request;
    const { workflowId: backfillId, priority } = workflowInfo();
    const urgency = urgencyOf(priority?.priorityKey, 'backfill');
    await doWork({ dataset, backfillId, urgency, batches: this.#batches }, work, (ended) =>
      this.#noteEnd(ended),
    );
  }

  #noteEnd(ended: EndedDay): void {
    if (ended.kind === 'cancelled') this.#tracker.forget(ended.day);
    else if (ended.kind === 'done') this.#tracker.end(ended.day, ended.state, ended);
    else this.#noteFailure(ended);
    this.#throughput.end(Date.now(), this.#tracker.running.length === 0);
    this.#showNowAndThen();
  }

  /** Formatting thousands of days as ranges takes milliseconds, twice for each day and again in each replay. */
  #showNowAndThen(): void {
    const isStale = Date.now() - this.#shownAtMs >= SHOW_EVERY_MS;
    if (isStale || this.#tracker.running.length === 0) this.show();
  }

  #noteFailure({ day, error }: EndedDay & { readonly kind: 'failed' }): void {
    this.#tracker.end(day, 'failed', { error });
    this.steering.noteFailure();
  }
}

function single(days: readonly CivilDay[]): Work[] {
  return days.map((day) => ({ days: [day], action: 'fetch' }));
}

/** The plan's days in its order; those that share one request form one piece at the position of the first. */
function workOf({ days, rebuild = [], batches = [] }: BackfillPlan): Work[] {
  const again = new Set(fromRanges(rebuild));
  const batchOf = new Map(batches.flatMap((batch) => batch.map((day) => [day, batch] as const)));
  return days
    .filter((day) => (batchOf.get(day)?.[0] ?? day) === day)
    .map((day) => ({ days: batchOf.get(day) ?? [day], action: again.has(day) ? 'rebuild' : 'fetch' }));
}
