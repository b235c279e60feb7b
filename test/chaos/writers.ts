/** Who writes beside the days that are polled: a file that comes again with other values, and a stream of events. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { addDays, type CivilDay } from '../../domain/time/civil-day.ts';
import type { Temporal } from '../../temporal/connection.ts';
import { startLoad } from '../../temporal/loads.ts';
import { event } from '../support/sample-events.ts';
import type { Ask } from './prober.ts';
import { until } from './until.ts';

export const FREQUENCY = 'swissgrid.stresstest-frequency';
export const EVENTS = 'checkout.events';

export interface WrittenDays {
  readonly from: CivilDay;
  readonly days: number;
}

/** A value every ten seconds: some days to a range, so that several transactions write. */
export function frequencyFile(folder: string, { from, days }: WrittenDays, shift = 0): string {
  const path = join(folder, `frequency-${shift}.csv`);
  const startMs = Date.parse(`${from}T00:00:00Z`);
  const lines = Array.from({ length: days * 8_640 }, (_, n) => {
    const at = new Date(startMs + n * 10_000).toISOString().slice(0, 19);
    return `${at}Z,${50 + ((n + shift) % 100) / 1e4}`;
  });
  writeFileSync(path, `time,frequency\n${lines.join('\n')}\n`);
  return path;
}

/** Loads one file after the other, each with other values, and waits for the last of them. */
export async function loadFiles(
  temporal: Temporal,
  folder: string,
  written: WrittenDays,
  isOver: () => boolean,
): Promise<void> {
  for (let shift = 0; shift === 0 || !isOver(); shift++) {
    const input = { dataset: FREQUENCY, file: frequencyFile(folder, written, shift) };
    const { workflowId } = await until('a load is started', () => startLoad(temporal, input));
    await until('the load has ended', async () => {
      const { status } = await temporal.client.workflow.getHandle(workflowId).describe();
      return status.name !== 'RUNNING';
    });
  }
}

/** How long a sender waits between two requests: as those do who send what has happened. */
const SEND_EVERY_MS = 50;

/** Twenty events a request, of which later ones correct earlier ones; what is refused is not sent again. */
export async function sendEvents(
  ask: Ask,
  { from, days }: WrittenDays,
  isOver: () => boolean,
): Promise<void> {
  for (let n = 0; !isOver(); n++) {
    const at = `${addDays(from, n % days)}T10:00:00Z`;
    const payload = Array.from({ length: 20 }, (_, i) => event({ id: `e${n % 40}-${i}`, at, version: n }));
    await ask('POST', `/v1/events/${EVENTS}`, payload).catch(() => {});
    await delay(SEND_EVERY_MS);
  }
}
