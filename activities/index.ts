/** The activities of a worker with their dependencies. Workflows call them by these names. */

import { createFinishBackfill } from './backfill/finish-backfill.ts';
import { createPlanBackfill } from './backfill/plan-backfill.ts';
import type { Dependencies } from './dependencies.ts';
import { createEraseUnit } from './erase/erase-unit.ts';
import { createFinishErasure, createPlanErasure } from './erase/plan-erasure.ts';
import { createLoadRange } from './files/load-range.ts';
import { createLookForFiles, createNoteFoundFile } from './files/look-for-files.ts';
import { createRegisterFile } from './files/register-file.ts';
import { createFinishLoad } from './files/register-load.ts';
import { createDecideDay } from './fold/decide-day.ts';
import { createFetchBatch } from './ingest/fetch-batch.ts';
import { createFetchDay } from './ingest/fetch-day.ts';
import { createJoinDay } from './ingest/join-day.ts';
import { createPlanPoll } from './ingest/plan-poll.ts';
import { createRecordFailure } from './ingest/record-failure.ts';
import { createValidateDay } from './ingest/validate-day.ts';
import { createWriteDay } from './ingest/write-day.ts';
import { createDrainInbox } from './lines/drain-inbox.ts';
import { createMaintainStorage } from './maintain-storage.ts';
import { createPlanMessages, createSendMessage } from './notify/plan-messages.ts';
import { createPlanRebuild } from './rebuild/plan-rebuild.ts';
import { createRebuildDay } from './rebuild/rebuild-day.ts';

export function createActivities(dependencies: Dependencies) {
  return {
    fetchDay: createFetchDay(dependencies),
    fetchBatch: createFetchBatch(dependencies),
    validateDay: createValidateDay(dependencies),
    writeDay: createWriteDay(dependencies),
    recordFailure: createRecordFailure(dependencies),
    planPoll: createPlanPoll(dependencies),
    planBackfill: createPlanBackfill(dependencies),
    finishBackfill: createFinishBackfill(dependencies),
    joinDay: createJoinDay(dependencies),
    decideDay: createDecideDay(dependencies),
    maintainStorage: createMaintainStorage(dependencies),
    planRebuild: createPlanRebuild(dependencies),
    rebuildDay: createRebuildDay(dependencies),
    registerFile: createRegisterFile(dependencies),
    loadRange: createLoadRange(dependencies),
    finishLoad: createFinishLoad(dependencies),
    lookForFiles: createLookForFiles(dependencies),
    noteFoundFile: createNoteFoundFile(dependencies),
    planErasure: createPlanErasure(dependencies),
    eraseUnit: createEraseUnit(dependencies),
    finishErasure: createFinishErasure(dependencies),
    drainInbox: createDrainInbox(dependencies),
    planMessages: createPlanMessages(dependencies),
    sendMessage: createSendMessage(dependencies),
  };
}

export type Activities = ReturnType<typeof createActivities>;
