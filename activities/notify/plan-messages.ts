/** Activity `planMessages`: the messages of a lane that are due, in the order in which they are to be sent. */
import { dueMessages } from '../../db/queries/notify/messages.ts';
import type { NotifyInput } from '../../domain/workflow/messages.ts';
import type { Dependencies } from '../dependencies.ts';
import { temporalActivity } from '../temporal-activity.ts';

/** At most so many per round; each is one step in the history of its workflow. */
const MOST = 100;

/** @returns their ids; none when nothing is due. */
export function createPlanMessages({ database }: Dependencies): (input: NotifyInput) => Promise<number[]> {
  return temporalActivity(async (input) => (await dueMessages(database, input, MOST)).map(({ id }) => id));
}
