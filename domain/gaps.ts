/** Missing points as people read them: runs of intervals, and the series that lack the same run together. Pure. */

export interface Missing<K extends string> {
  readonly series: string;
  readonly startsAtMs: number;
  readonly kind: K;
}

export interface Gap<K extends string> {
  /** Half-open UTC interval, milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly kind: K;
  /** Series that lack all of it, ascending. */
  readonly series: readonly string[];
}

/**
 * @param missing by series, each in order of time.
 * @param stepMs length of an interval.
 */
export function gapsOf<K extends string>(missing: readonly Missing<K>[], stepMs: number): Gap<K>[] {
  const runs = new Map<string, Gap<K> & { series: string[] }>();
  for (const { series, ...run } of runsOf(missing, stepMs)) {
    const key = `${run.fromMs} ${run.toMs} ${run.kind}`;
    const known = runs.get(key);
    if (known) known.series.push(series);
    else runs.set(key, { ...run, series: [series] });
  }
  return [...runs.values()].sort((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs);
}

interface Run<K extends string> {
  readonly series: string;
  readonly fromMs: number;
  toMs: number;
  readonly kind: K;
}

/** Adjacent intervals of a series that are missing in the same way, joined. */
function runsOf<K extends string>(missing: readonly Missing<K>[], stepMs: number): Run<K>[] {
  const runs: Run<K>[] = [];
  for (const { series, startsAtMs, kind } of missing) {
    const last = runs.at(-1);
    const goesOn = last?.series === series && last.kind === kind && last.toMs === startsAtMs;
    if (goesOn) last.toMs += stepMs;
    else runs.push({ series, fromMs: startsAtMs, toMs: startsAtMs + stepMs, kind });
  }
  return runs;
}
