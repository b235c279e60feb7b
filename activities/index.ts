/** The activities of a worker, made with what they need. Their names are what workflows call. */

import { createDecideDay } from './decide-day.ts';
import type { Dependencies } from './dependencies.ts';
import { createDrainInbox } from './drain-inbox.ts';
import { createEconomize } from './economize.ts';
import { createEraseUnit } from './erase/erase-unit.ts';
import { createFinishErasure } from './erase/finish-erasure.ts';
import { createPlanErasure } from './erase/plan-erasure.ts';
import { createFetchDay } from './fetch-day.ts';
import { createFetchSpan } from './fetch-span.ts';
import { createFinishLoad } from './files/finish-load.ts';
import { createLoadRange } from './files/load-range.ts';
import { createRegisterFile } from './files/register-file.ts';
import { createFinishBackfill } from './finish-backfill.ts';
import { createJoinDay } from './join-day.ts';
import { createPlanBackfill } from './plan-backfill.ts';
import { createPlanPoll } from './plan-poll.ts';
import { createPlanRebuild } from './plan-rebuild.ts';
import { createRebuildDay } from './rebuild-day.ts';
import { createRecordFailure } from './record-failure.ts';
import { createValidateDay } from './validate-day.ts';
import { createWriteDay } from './write-day.ts';

export function createActivities(dependencies: Dependencies) {
  return {
    fetchDay: createFetchDay(dependencies),
    fetchSpan: createFetchSpan(dependencies),
    validateDay: createValidateDay(dependencies),
    writeDay: createWriteDay(dependencies),
    recordFailure: createRecordFailure(dependencies),
    planPoll: createPlanPoll(dependencies),
    planBackfill: createPlanBackfill(dependencies),
    finishBackfill: createFinishBackfill(dependencies),
    joinDay: createJoinDay(dependencies),
    decideDay: createDecideDay(dependencies),
    economize: createEconomize(dependencies),
    planRebuild: createPlanRebuild(dependencies),
    rebuildDay: createRebuildDay(dependencies),
    registerFile: createRegisterFile(dependencies),
    loadRange: createLoadRange(dependencies),
    finishLoad: createFinishLoad(dependencies),
    planErasure: createPlanErasure(dependencies),
    eraseUnit: createEraseUnit(dependencies),
    finishErasure: createFinishErasure(dependencies),
    drainInbox: createDrainInbox(dependencies),
  };
}

export type Activities = ReturnType<typeof createActivities>;
