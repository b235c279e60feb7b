/**
 * Sends notifications while no worker runs, since workers cannot report their own absence. Checks for workers, and while none is
 * seen sends due messages. Several processes may do so at once: the first to begin an attempt sends the message, under its key.
 */
import type { Database } from '../db/connection/client.ts';
import { dueLanes, dueMessages, noteFailure } from '../db/queries/notify/messages.ts';
import { Failure } from '../domain/workflow/failures.ts';
import { checkWorkers } from './checks.ts';
import { collectObservations } from './collect.ts';
import { sendMessage } from './send-message.ts';
import type { Sender } from './sender.ts';

const CHECK_EVERY_MS = 30_000;
const MOST_LANES = 100;
/** Per lane and check. A receiver that does not answer is retried at the next check; the rest of its lane waits. */
const MOST_MESSAGES = 20;

/** Checks periodically until stopped. Does not keep the process alive. @param warn writes a line to the log. */
export function standIn(
  database: Database,
  sender: Sender,
  warn: (summary: string) => void,
): { stop(): Promise<void> } {
  let checking: Promise<void> = Promise.resolve();
  let isChecking = false;
  const timer = setInterval(() => {
    if (isChecking) return;
    isChecking = true;
    checking = checkOnce(database, sender)
      .then(() => undefined)
      .catch((error: unknown) =>
        warn(`nobody could be notified: ${error instanceof Error ? error.message : error}`),
      )
      .finally(() => {
        isChecking = false;
      });
  }, CHECK_EVERY_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await checking;
      await sender.close();
    },
  };
}

/** One check. @returns the number of messages sent; 0 while a worker runs, which sends them itself. */
export async function checkOnce(database: Database, sender: Sender): Promise<number> {
  const result = await checkWorkers(database);
  await collectObservations(database, result);
  if (result.observed.length === 0) return 0;
  let sent = 0;
  for (const lane of await dueLanes(database, MOST_LANES)) {
    for (const { id } of await dueMessages(database, lane, MOST_MESSAGES)) {
      const outcome = await send(database, sender, id);
      if (outcome === 'later') break;
      if (outcome === 'sent') sent += 1;
    }
  }
  return sent;
}

async function send(database: Database, sender: Sender, id: number): Promise<'sent' | 'later' | 'over'> {
  try {
    return (await sendMessage(database, sender, id)) === 'sent' ? 'sent' : 'over';
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code !== 'RECEIVER_REFUSED') return 'later';
    await noteFailure(database, id, `${error.code}: ${error.message}`, true);
    return 'over';
  }
}
