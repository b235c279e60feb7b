/** A live progress bar on standard error, silent when that is not a terminal. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SingleBar } from 'cli-progress';
import { awaitResult } from '../temporal/await-result.ts';
import type { Io, Output } from './context.ts';

const REDRAW_EVERY_MS = 400;
/** A worker answers a query in milliseconds; this long without an answer means that there is none. */
const PATIENCE_MS = 10_000;

/** What a bar can show. */
interface Progress {
  readonly total: number;
  readonly done: number;
  /** Days in progress. */
  readonly running: readonly string[];
  readonly summary: string;
  /** Why it waits, where it can. */
  readonly paused?: string | null;
}

interface Followed<T extends Progress> {
  progress(): Promise<T>;
  result(): Promise<T>;
}

/** The format of a bar for cli-progress, and the text for {running}. */
export interface Display<T> {
  readonly format: string;
  describe(progress: T): string;
}

const DAYS: Display<Progress> = {
  format: '{bar} {value} of {total} days · {running}',
  describe: ({ paused, running }) => {
    const days = running.toSorted().reverse().slice(0, 3).join(', ');
    return paused ? `paused: ${paused}` : days || 'finishing';
  },
};

/** Where notes go, and the bar, if standard error is a terminal. */
interface Waiting {
  readonly io: Pick<Io, 'stderr'>;
  note(text: string): void;
}

/** Follows a backfill, a rebuild or a load to its end and returns its result. */
export async function followToEnd<T extends Progress>(
  work: Followed<T>,
  waiting: Waiting,
  display: Display<T> = DAYS,
): Promise<T> {
  const { stderr } = waiting.io;
  const note = (text: string) => waiting.note(text);
  const ended = new AbortController();
  const onAway = () =>
    note('Temporal does not answer. What was started goes on once it does; Ctrl-C ends only the waiting.');
  const result = awaitResult(() => work.result(), { onAway }).finally(() => ended.abort());
  // A failure is thrown below, once the bar is gone; until then it must not count as an unhandled rejection.
  result.catch(() => undefined);
  await watch(work, ended.signal, note, stderr.isTTY ? drawnBar(display, stderr) : undefined);
  return await result;
}

interface Bar<T> {
  show(progress: T): void;
  stop(last: T | undefined): void;
}

/** Polls the progress until the end: draws it on a terminal, and notes when no worker answers. */
async function watch<T extends Progress>(
  work: Followed<T>,
  ended: AbortSignal,
  note: (text: string) => void,
  bar: Bar<T> | undefined,
): Promise<void> {
  let answeredAt = Date.now();
  while (!ended.aborted) {
    const progress = await work.progress().catch(() => undefined);
    if (progress) {
      answeredAt = Date.now();
      bar?.show(progress);
    } else if (Date.now() - answeredAt > PATIENCE_MS) {
      note('No worker answers. Is one running? ("npm start" or "npm run worker")');
      answeredAt = Date.now();
    }
    const waitMs = bar ? REDRAW_EVERY_MS : PATIENCE_MS / 2;
    await sleep(waitMs, undefined, { signal: ended }).catch(() => undefined);
  }
  bar?.stop(await work.progress().catch(() => undefined));
}

function drawnBar<T extends Progress>({ format, describe }: Display<T>, stream: Output): Bar<T> {
  const bar = new SingleBar({ format, barsize: 30, hideCursor: true, stream });
  let started = false;
  return {
    show(progress) {
      const { done, total } = progress;
      const payload = { running: describe(progress) };
      if (started) bar.setTotal(total);
      if (started) bar.update(done, payload);
      else bar.start(total, done, payload);
      started = true;
    },
    stop(last) {
      if (!started) return;
      if (last) bar.update(last.done, { running: last.summary });
      bar.stop();
    },
  };
}
