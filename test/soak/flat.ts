/** What has to stay as it is however long a system runs. Pure. */
import { median } from '../../scripts/bench/workbench.ts';
import type { Sample } from './measure.ts';

/** How much more there may be after than before, on a noisy machine. */
const FLAT: Readonly<Record<string, (before: number, after: number) => boolean>> = {
  'heap MB': (before, after) => after <= before * 1.15,
  'resident MB': (before, after) => after <= before * 1.15,
  'workflows running': (before, after) => after <= before + 5,
  'clients in use': (before, after) => after <= before + 1,
  connections: (before, after) => after <= before + 5,
  listeners: (before, after) => after <= before + 2,
  'open handles': (before, after) => after <= before + 10,
  'longest history': (before, after) => after <= Math.max(500, before),
};

export const isFlat = (name: string): boolean => name in FLAT;

/** The names of what grew and should not have. */
export function growing(before: Sample, after: Sample): string[] {
  return Object.entries(FLAT)
    .filter(([name, allows]) => !allows(before[name] ?? Number.NaN, after[name] ?? Number.NaN))
    .map(([name]) => name);
}

/** A time of a soak, told by the middle of what was measured in it. */
export function middleOf(window: readonly Sample[]): Sample {
  const names = Object.keys(window[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [name, median(window.map((sample) => sample[name] ?? Number.NaN))]),
  );
}

/** The second and the last third. The first one fills caches. */
export function lastThirds(samples: readonly Sample[]): [readonly Sample[], readonly Sample[]] {
  const third = Math.floor(samples.length / 3);
  return [samples.slice(-2 * third - 1, -third), samples.slice(-third - 1)];
}
