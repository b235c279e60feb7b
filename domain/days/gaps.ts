/** Missing points in readable form: runs of intervals, with the series that lack the same run. Pure. */

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
  return gapsOfRuns(runsOf(missing, stepMs));
}

/** @param runs by series. */
export function gapsOfRuns<K extends string>(runs: readonly Run<K>[]): Gap<K>[] {
  const gaps = new Map<string, Gap<K> & { series: string[] }>();
  for (const { series, ...run } of runs) {
    const key = `${run.fromMs} ${run.toMs} ${run.kind}`;
    const known = gaps.get(key);
    if (known) known.series.push(series);
    else gaps.set(key, { ...run, series: [series] });
  }
  return [...gaps.values()].sort((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs);
}

/** A run of points that a series lacks. */
export interface Run<K extends string> {
  readonly series: string;
  /** Half-open UTC interval, milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly kind: K;
}

/** Adjacent intervals of a series that are missing in the same way, joined. */
function runsOf<K extends string>(missing: readonly Missing<K>[], stepMs: number): Run<K>[] {
  const runs: { -readonly [F in keyof Run<K>]: Run<K>[F] }[] = [];
  for (const { series, startsAtMs, kind } of missing) {
    const last = runs.at(-1);
    const goesOn = last?.series === series && last.kind === kind && last.toMs === startsAtMs;
    if (goesOn) last.toMs += stepMs;
    else runs.push({ series, fromMs: startsAtMs, toMs: startsAtMs + stepMs, kind });
  }
  return runs;
}

/** A run of missing points, split from the quarantined points in it. @param held starts, ascending. */
export function runsWithHeld<K extends string>(
  run: Run<K>,
  held: readonly number[],
  stepMs: number,
): Run<K | 'quarantined'>[] {
  const { fromMs, toMs, series } = run;
  const parts: Run<K | 'quarantined'>[] = [];
  let atMs = fromMs;
  for (const ms of held) {
    if (ms < atMs || ms >= toMs || (ms - fromMs) % stepMs !== 0) continue;
    if (ms > atMs) parts.push({ ...run, fromMs: atMs, toMs: ms });
    const before = parts.at(-1);
    atMs = Math.min(ms + stepMs, toMs);
    if (before?.kind === 'quarantined' && before.toMs === ms)
      parts[parts.length - 1] = { ...before, toMs: atMs };
    else parts.push({ series, kind: 'quarantined', fromMs: ms, toMs: atMs });
  }
  if (atMs < toMs) parts.push({ ...run, fromMs: atMs });
  return parts;
}
