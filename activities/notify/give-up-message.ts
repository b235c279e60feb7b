/** Activity `giveUpMessage`: the fallback step after the last attempt: stores a dead letter, which people can see and send again. */
import { log } from '@temporalio/activity';
import { noteFailure } from '../../db/queries/notify/messages.ts';
import type { GivenUpMessage } from '../../domain/workflow/messages.ts';
import type { Dependencies } from '../dependencies.ts';
import { temporalActivity } from '../temporal-activity.ts';

export function createGiveUpMessage({ database }: Dependencies): (given: GivenUpMessage) => Promise<void> {
  return temporalActivity(async ({ message, reason }) => {
    await noteFailure(database, message, reason, true);
    log.error('notification given up', { message, reason });
  });
}
