/**
 * Cuts a text into ranges of whole delivery days. Lines are in order of time, so the first line of a day is found by bisection; a text out
 * of order is detected when its lines are read, because some are not of their range's days.
 */
import type { FileHandle } from 'node:fs/promises';
import type { FileForm } from '../../domain/files/file-form.ts';
import type { DaysOfFile } from '../../domain/files/load.ts';
import { LineReader } from '../../domain/lines/line-reader.ts';
import { addDays, type CivilDay, dayAt } from '../../domain/time/civil-day.ts';
import { Failure } from '../../domain/workflow/failures.ts';

/** Some 700,000 lines: half a second of work, and cheap to repeat. */
const RANGE_BYTES = 24 << 20;
/** A Temporal history holds a few thousand events. */
const MOST_RANGES = 1_000;
/** How much is read at one offset: several lines, however long they are. */
const READ_BYTES = 32 << 10;

/** Whole days of a text whose bytes have not been scanned yet. */
export type DaysCut = Omit<DaysOfFile, 'firstLine' | 'sha256'>;

export interface TextToCut {
  readonly sizeBytes: number;
  readonly form: FileForm;
  /** Time zone of the delivery days. */
  readonly timeZone: string;
}

/** @throws Failure BAD_INPUT when no line has a time, or times go back. */
export async function cutRanges(
  file: FileHandle,
  text: TextToCut,
  rangeBytes = RANGE_BYTES,
): Promise<DaysCut[]> {
  const cutter = new Cutter(file, text);
  const size = Math.max(rangeBytes, Math.ceil(text.sizeBytes / MOST_RANGES));
  const cuts = [{ at: 0, day: await cutter.dayFrom(0) }];
  for (let target = size; target < text.sizeBytes; ) {
    const cut = await cutter.cutNear(cuts.at(-1) as DayStart, target);
    if (!cut) break;
    cuts.push(cut);
    target = Math.max(target, cut.at) + size;
  }
  const last = await cutter.lastDay();
  return cuts.map(({ at, day }, i) => ({
    byteFrom: at,
    byteTo: cuts[i + 1]?.at ?? text.sizeBytes,
    firstDay: day,
    lastDay: cuts[i + 1] ? addDays((cuts[i + 1] as DayStart).day, -1) : later(last, day),
  }));
}

/** A line and its time. */
interface LineAt {
  readonly at: number;
  readonly startsAtMs: number;
  /** Whether it has a point. */
  readonly isPoint: boolean;
}

/** Where a day begins. */
interface DayStart {
  readonly at: number;
  readonly day: CivilDay;
}

class Cutter {
  readonly #file: FileHandle;
  readonly #text: TextToCut;

  constructor(file: FileHandle, text: TextToCut) {
    this.#file = file;
    this.#text = text;
  }

  /** The day of the first line with a time at or after a byte. @throws Failure BAD_INPUT when there is none. */
  async dayFrom(at: number): Promise<CivilDay> {
    const [first] = await this.#timesFrom(at);
    if (first) return this.#dayOf(first.startsAtMs);
    throw new Failure(
      'BAD_INPUT',
      'no line of the file has a time that can be read; say how with --time-form',
    );
  }

  async lastDay(): Promise<CivilDay> {
    for (let back = READ_BYTES; ; back *= 4) {
      const times = await this.#timesFrom(Math.max(0, this.#text.sizeBytes - back), back);
      const last = Math.max(...times.map(({ startsAtMs }) => startsAtMs));
      if (times.length > 0) return this.#dayOf(last);
      if (back >= this.#text.sizeBytes) return await this.dayFrom(0);
    }
  }

  /** The start of the day that contains a byte, or of the next day if that one began before the previous cut. */
  async cutNear(before: DayStart, target: number): Promise<DayStart | undefined> {
    const day = await this.#typicalDay(target);
    if (day === undefined) return undefined;
    const here = day > before.day ? await this.#firstOf(day, before.at, target) : undefined;
    if (here) return here;
    return await this.#firstOf(addDays(later(day, before.day), 1), target, this.#text.sizeBytes);
  }

  /** The first line of a day or of a later one between two bytes; undefined if there is none. */
  async #firstOf(day: CivilDay, from: number, to: number): Promise<DayStart | undefined> {
    let [low, high] = [from, to];
    while (high - low > READ_BYTES / 2) {
      const middle = Math.floor((low + high) / 2);
      const found = await this.#typicalDay(middle);
      if (found !== undefined && found < day) low = middle;
      else high = middle;
    }
    const lines = (await this.#linesFrom(low, high - low + 2 * READ_BYTES)).filter(({ at }) => at > from);
    const first = lines.findIndex(({ isPoint, startsAtMs }) => isPoint && this.#dayOf(startsAtMs) >= day);
    const found = lines[first];
    return found && { at: this.#beginOf(lines, first).at, day: this.#dayOf(found.startsAtMs) };
  }

  /** A day starts with its refused lines if they precede its first point. */
  #beginOf(lines: readonly LineAt[], first: number): LineAt {
    const isOfDay = ({ isPoint, startsAtMs }: LineAt) =>
      !isPoint && this.#dayOf(startsAtMs) === this.#dayOf((lines[first] as LineAt).startsAtMs);
    let begin = first;
    while (begin > 0 && isOfDay(lines[begin - 1] as LineAt)) begin--;
    return lines[begin] as LineAt;
  }

  /** The median day of the next few lines after a byte: a single wrong line must not mislead. */
  async #typicalDay(at: number): Promise<CivilDay | undefined> {
    const times = (await this.#timesFrom(at)).slice(0, 5).map(({ startsAtMs }) => startsAtMs);
    const middle = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
    return middle === undefined ? undefined : this.#dayOf(middle);
  }

  /** Points that begin at or after a byte, within so many bytes. */
  async #timesFrom(at: number, length = READ_BYTES): Promise<LineAt[]> {
    return (await this.#linesFrom(at, length)).filter(({ isPoint }) => isPoint);
  }

  /** The same, including refused lines whose day can be read. */
  async #linesFrom(at: number, length: number): Promise<LineAt[]> {
    const bytes = await this.#bytes(at === 0 ? 0 : at - 1, length + 1);
    // Reading from within a line: the rest of that line is skipped.
    const skip = at === 0 ? 0 : bytes.indexOf(10) + 1;
    if (at > 0 && skip === 0) return [];
    const start = (at === 0 ? 0 : at - 1) + skip;
    const found: LineAt[] = [];
    const tell = (byte: number, startsAtMs: number, isPoint: boolean) => {
      if (found.at(-1)?.at !== byte && !Number.isNaN(startsAtMs))
        found.push({ at: byte, startsAtMs, isPoint });
    };
    // The real line number is unknown here; it only must not be the header's.
    const reader = new LineReader(this.#text.form, { firstByte: start, firstLine: start + 1 });
    reader.read(bytes.subarray(skip), start + bytes.length - skip >= this.#text.sizeBytes, {
      point: ({ byteFrom }, _, startsAtMs) => tell(byteFrom, startsAtMs, true),
      refused: ({ byteFrom }, _, __, ___, ____, aboutMs) => tell(byteFrom, aboutMs, false),
    });
    return found;
  }

  async #bytes(at: number, length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, this.#text.sizeBytes - at)));
    const { bytesRead } = await this.#file.read(bytes, 0, bytes.length, at);
    return bytes.subarray(0, bytesRead);
  }

  #dayOf(ms: number): CivilDay {
    return dayAt(ms, this.#text.timeZone);
  }
}

function later(a: CivilDay, b: CivilDay): CivilDay {
  return a > b ? a : b;
}
