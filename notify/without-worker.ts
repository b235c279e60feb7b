/** The API tells receivers while no worker runs: workers cannot report their own absence. Several processes may do so at once. */
import type { Database } from '../db/connection/client.ts';
import { storedIncidents } from '../db/queries/notify/incidents.ts';
import type { IncidentSources } from './incidents.ts';
import type { Sender } from './sender.ts';
import { byReceiver, planMessages, sendMessage } from './tell.ts';

const CHECK_EVERY_MS = 30_000;

/** Checks until stopped. Does not keep the process alive. @param warn writes a line to the log. */
export function tellWithoutWorker(
  database: Database,
  sender: Sender,
  sources: IncidentSources,
  warn: (summary: string) => void,
): { stop(): Promise<void> } {
  let checking: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    checking ??= tellIfNoWorker(database, sender, sources)
      .catch((error: unknown) =>
        warn(`nobody could be notified: ${error instanceof Error ? error.message : error}`),
      )
      .finally(() => {
        checking = undefined;
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
export async function tellIfNoWorker(
  database: Database,
  sender: Sender,
  sources: IncidentSources,
): Promise<number> {
  const isAway = (await storedIncidents(database)).some(({ cause }) => cause === 'no_worker');
  if (!isAway) return 0;
  let sent = 0;
  const lists = byReceiver(await planMessages(database, sources));
  await Promise.all(
    lists.map(async (ids) => {
      for (const id of ids) {
        const outcome = await sendMessage(database, sender, id);
        if (outcome === 'later') return;
        if (outcome === 'sent') sent += 1;
      }
    }),
  );
  return sent;
}
