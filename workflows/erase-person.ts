/**
 * `erasePerson`: takes the lines of a person from every payload of a dataset, and looks through everything until nothing tells of
 * them (docs/decisions/0023). Who it is stands in the database alone: nothing of it comes into a history.
 */
import { defineQuery, setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { readEraseInput } from '../domain/input.ts';
import type { EraseInput, ErasurePlan, ErasureProgress, ErasureVerdict } from '../domain/messages.ts';
import { searchAttributes } from '../domain/search-attributes.ts';
import { orFailWith, orFailWorkflow } from './failure.ts';
import { erasing } from './proxies.ts';
import { slideOver } from './slide-over.ts';

/** What is sent meanwhile may hold a broken line that tells of the person. */
const ROUNDS = 3;
const CONCURRENCY = 2;

/** How far it is. */
export const erasureProgressQuery = defineQuery<ErasureProgress>('progress');

export async function erasePerson(input: EraseInput): Promise<ErasureProgress> {
  const { erasure } = orFailWorkflow(() => readEraseInput(input));
  const state = { dataset: '', dryRun: false, total: 0, running: new Set<string>(), done: 0 };
  let result: ErasureVerdict | null = null;
  const progress = (): ErasureProgress => {
    const verdict = verdictOf(state, result);
    return { ...state, running: [...state.running], result, verdict };
  };
  setHandler(erasureProgressQuery, progress, { description: 'How far it is, and what went' });
  const lookThrough = async ({ units }: ErasurePlan, look: boolean) => {
    const sum = { payloads: 0, affected: 0, lines: 0 };
    Object.assign(state, { total: units.length, done: 0 });
    await slideOver(units, CONCURRENCY, async (unit) => {
      state.running.add(unit);
      const summary = look ? `${unit}, looking through` : unit;
      const found = await orFailWith(
        erasing.eraseUnit.executeWithOptions({ summary }, [{ erasure, unit, look }]),
      );
      state.running.delete(unit);
      state.done += 1;
      sum.payloads += found.payloads;
      sum.affected += found.affected;
      sum.lines += found.lines;
    });
    return sum;
  };
  for (let round = 1; round <= ROUNDS; round += 1) {
    const plan = await orFailWith(erasing.planErasure({ erasure }));
    Object.assign(state, { dataset: plan.dataset, dryRun: plan.dryRun });
    upsertSearchAttributes(searchAttributes({ dataset: plan.dataset }));
    if (!plan.dryRun) await lookThrough(plan, false);
    const looked = await lookThrough(plan, true);
    result = await orFailWith(erasing.finishErasure({ erasure, ...looked }));
    setCurrentDetails(progress().verdict);
    if (plan.dryRun || result.leftOver === 0) break;
  }
  return progress();
}

function verdictOf(
  { dryRun, done, total }: { dryRun: boolean; done: number; total: number },
  result: ErasureVerdict | null,
): string {
  if (!result) return `${done} of ${total} units looked through`;
  const { payloadsRead, payloadsRewritten, linesRemoved, versionsRemoved, findingsRemoved, leftOver } =
    result;
  const what = `${linesRemoved} lines of ${payloadsRewritten} payloads, ${versionsRemoved} versions and ${findingsRemoved} findings`;
  if (dryRun) return `would erase ${what}; nothing changed`;
  const left = leftOver === 0 ? 'nothing is left' : `${leftOver} lines, versions or findings are LEFT OVER`;
  return `erased ${what}; ${payloadsRead} payloads were looked through again: ${left}`;
}
