/** Counts the ranges of a file that is loaded, for its query, its details in the Web UI and its summary. */
import {
  addLoaded,
  describeLoaded,
  type FileRange,
  type LoadedRange,
  type LoadFileInput,
  type LoadProgress,
  NOTHING_LOADED,
  nameOfRange,
  type RegisteredFile,
} from '../domain/files/load.ts';
import { list, paragraph, table } from '../domain/workflow/markdown.ts';

/** Ranges that were written before this run count as done, but not for its speed. */
const AT_ONCE_MS = 200;

export class LoadTracker {
  readonly #input: LoadFileInput;
  readonly #running = new Map<FileRange, number>();
  #file: RegisteredFile | undefined;
  #startedMs = 0;
  #result: LoadedRange = NOTHING_LOADED;
  /** Lines read by this run, and the milliseconds since it started reading. */
  #read = 0;
  #readMs = 0;
  #stage: LoadProgress['stage'] = 'registering';
  #stopped: string | null = null;

  constructor(input: LoadFileInput) {
    this.#input = input;
  }

  registered(file: RegisteredFile, nowMs: number): void {
    this.#file = file;
    this.#startedMs = nowMs;
    this.#stage = file.result ? 'known' : 'loading';
    if (file.result) this.#result = file.result;
  }

  begin(range: FileRange, nowMs: number): void {
    this.#running.set(range, nowMs);
  }

  end(range: FileRange, result: LoadedRange, nowMs: number): void {
    const begunMs = this.#running.get(range) ?? nowMs;
    this.#running.delete(range);
    this.#result = addLoaded(this.#result, result);
    if (nowMs - begunMs >= AT_ONCE_MS) this.#read += result.lines;
    this.#readMs = nowMs - this.#startedMs;
  }

  stop(reason: string): void {
    this.#running.clear();
    this.#stage = 'stopped';
    this.#stopped ??= reason;
  }

  loaded(): void {
    this.#stage = 'loaded';
  }

  get result(): LoadedRange {
    return this.#result;
  }

  progress(): LoadProgress {
    const { dataset, file } = this.#input;
    const total = this.#file?.lines ?? 0;
    const linesPerSecond = this.#read > 0 ? Math.round((this.#read * 1_000) / this.#readMs) : null;
    const left = total - this.#result.lines;
    return {
      ...{ dataset, file, stage: this.#stage, sizeBytes: this.#file?.sizeBytes ?? 0, total },
      done: this.#result.lines,
      running: [...this.#running.keys()].map(nameOfRange),
      linesPerSecond,
      secondsLeft: linesPerSecond ? Math.ceil(left / linesPerSecond) : null,
      ...{ result: this.#result, stopped: this.#stopped, summary: this.#summary() },
    };
  }

  /** Progress as the Web UI shows it. */
  describe(): string {
    const { running, linesPerSecond, secondsLeft, total, done, stopped } = this.progress();
    const speed = linesPerSecond ? `${linesPerSecond} lines a second, ${secondsLeft} s left` : '';
    const states = Object.entries(this.#result.days).map(([state, count]) => [state, `${count}`]);
    return [
      `**${this.#summary()}**`,
      ...paragraph(total > 0 ? `${done} of ${total} lines. ${speed}` : 'The file is read and hashed.'),
      ...paragraph(running.length > 0 ? `In progress: ${running.join(', ')}` : ''),
      ...table(['days', 'number'], states),
      ...list(
        'Refused',
        Object.entries(this.#result.refused).map(([rule, count]) => `${count} ${rule}`),
      ),
      ...paragraph(
        stopped ? `What to do: mend the file or its form, and load it again. What is written stays.` : '',
      ),
    ].join('\n');
  }

  #summary(): string {
    if (this.#stage === 'registering') return 'registering';
    const loaded = describeLoaded(this.#result);
    if (this.#stage === 'known') return `nothing to do: the same file was loaded before (${loaded})`;
    if (this.#stage === 'stopped') return `stopped: ${this.#stopped}; until then ${loaded}`;
    return loaded;
  }
}
