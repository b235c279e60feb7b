/**
 * `erasePerson`: removes the lines of a person from every payload of a dataset, and scans everything again until nothing is left
 * (docs/decisions/0023). The person's identity stays in the database: no history contains it.
 */
import { defineQuery, setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { CivilDay } from '../domain/time/civil-day.ts';
import { searchAttributes } from '../domain/workflow/ids.ts';
import { readEraseInput } from '../domain/workflow/input.ts';
import type {
  EraseInput,
  ErasurePlan,
  ErasureProgress,
  ErasureResult,
  FinishErasureInput,
} from '../domain/workflow/messages.ts';
import { ErasureTracker } from './erasure-progress.ts';
import { orFailWith, orFailWorkflow } from './failure.ts';
import { inLanes } from './in-lanes.ts';
import { erasing } from './proxies.ts';

/** Lines that arrive meanwhile may include a broken one about the person. */
const ROUNDS = 3;
const CONCURRENCY = 2;

/** How far it is. */
export const erasureProgressQuery = defineQuery<ErasureProgress>('progress');

export async function erasePerson(input: EraseInput): Promise<ErasureProgress> {
  const { erasure } = orFailWorkflow(() => readEraseInput(input));
  const tracker = new ErasureTracker();
  setHandler(erasureProgressQuery, () => tracker.progress(), {
    description: 'How far it is, and what went',
  });
  for (let round = 1; round <= ROUNDS; round += 1) {
    const plan = await orFailWith(erasing.planErasure({ erasure }));
    tracker.planned(plan);
    upsertSearchAttributes(searchAttributes({ dataset: plan.dataset }));
    if (!plan.dryRun) await lookThrough(erasure, plan, tracker, false);
    const looked = await lookThrough(erasure, plan, tracker, true);
    const { leftOver } = await finish({ erasure, ...looked }, tracker);
    if (plan.dryRun || leftOver === 0) break;
  }
  return tracker.progress();
}

/** @param look only count. @returns what was found, before anything was removed. */
async function lookThrough(
  erasure: number,
  { units }: ErasurePlan,
  tracker: ErasureTracker,
  look: boolean,
): Promise<Found> {
  const sum = { payloads: 0, affected: 0, lines: 0, naming: 0 };
  tracker.beginRound();
  const work = async (unit: CivilDay) => {
    tracker.begin(unit);
    const summary = look ? `${unit}, looking through` : unit;
    const found = await orFailWith(
      erasing.eraseUnit.executeWithOptions({ summary }, [{ erasure, unit, look }]),
    );
    tracker.end(found);
    sum.payloads += found.payloads;
    sum.affected += found.affected;
    sum.lines += found.lines;
    sum.naming += found.naming;
  };
  await inLanes([...units], work, CONCURRENCY);
  return sum;
}

type Found = Omit<FinishErasureInput, 'erasure'>;

async function finish(input: FinishErasureInput, tracker: ErasureTracker): Promise<ErasureResult> {
  const result = await orFailWith(erasing.finishErasure(input));
  tracker.finished(result);
  setCurrentDetails(tracker.progress().summary);
  return result;
}
