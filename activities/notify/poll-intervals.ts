/** How often each dataset is polled. */
import type { Catalog } from '../../datasets/catalog.ts';
import { tickMinutes } from '../../domain/dataset/dataset.ts';
import type { PollIntervals } from '../../notify/incidents.ts';

/** Seconds between two polls, by dataset. */
export function pollIntervals({ scheduled }: Pick<Catalog, 'scheduled'>): PollIntervals {
  return new Map(scheduled.map((dataset) => [dataset.id, tickMinutes(dataset) * 60]));
}
