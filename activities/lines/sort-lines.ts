/** Sorts lines into the units of work whose payloads they become. */

import type { Dataset } from '../../domain/dataset/dataset.ts';
import { unitAt } from '../../domain/dataset/records.ts';
import type { SentLines } from '../../domain/dataset/sent-lines.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';

const LINE_FEED = 10;
const NEWLINE = Buffer.from('\n');
/** UTC offsets change at quarters of an hour at the finest. */
const QUARTER_MS = 900_000;

/** The header, if the first line is one, and the lines after it. */
export function splitHeader(
  { isHeader }: SentLines,
  bytes: Buffer,
): { readonly header: string | undefined; readonly lines: Buffer } {
  const end = bytes.indexOf(LINE_FEED);
  const first = bytes.toString('utf8', 0, end === -1 ? bytes.length : end).replace(/\r$/, '');
  if (!isHeader(first)) return { header: undefined, lines: bytes };
  return { header: first, lines: bytes.subarray(end === -1 ? bytes.length : end + 1) };
}

/** A dataset whose lines are sorted into units. */
export type LineDataset = Dataset & { readonly lines: SentLines };

/** Collects lines by unit; a line whose instant cannot be read belongs to the unit in which it arrived. */
export class LineSorter {
  readonly #dataset: LineDataset;
  readonly #units = new Map<CivilDay, Buffer[]>();
  readonly #unitOfQuarter = new Map<number, CivilDay>();
  readonly #header: string | undefined;
  readonly #cameOn: CivilDay;

  /** @param header of a file of CSV: every payload begins with it. */
  constructor(dataset: LineDataset, nowMs: number, header?: string) {
    this.#dataset = dataset;
    this.#cameOn = unitAt(dataset, nowMs);
    this.#header = header;
  }

  /** @returns the number of lines with content. */
  add(lines: Buffer): number {
    let count = 0;
    for (let from = 0; from < lines.length; ) {
      const end = lines.indexOf(LINE_FEED, from);
      const line = lines.subarray(from, end === -1 ? lines.length : end);
      from = end === -1 ? lines.length : end + 1;
      if (line.length === 0) continue;
      const unit = this.#unitOf(line);
      const list = this.#units.get(unit);
      if (list) list.push(line, NEWLINE);
      else this.#units.set(unit, [...this.#beginning(line), line, NEWLINE]);
      count += 1;
    }
    return count;
  }

  /** Units that have lines. */
  units(): CivilDay[] {
    return [...this.#units.keys()];
  }

  /** The bytes of each unit, oldest unit first. */
  bodies(): [CivilDay, Buffer][] {
    const units = [...this.#units].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return units.map(([unit, parts]) => [unit, Buffer.concat(parts)]);
  }

  /** A data line that looks like a header must not become the header of the lines after it: it does not come first. */
  #beginning(line: Buffer): Buffer[] {
    if (this.#header !== undefined) return [Buffer.from(`${this.#header}\n`)];
    return this.#dataset.lines.isHeader(line.toString()) ? [NEWLINE] : [];
  }

  #unitOf(line: Buffer): CivilDay {
    const ms = this.#dataset.lines.instantOf(line.toString(), this.#header);
    if (ms === undefined) return this.#cameOn;
    const quarter = Math.floor(ms / QUARTER_MS);
    const known = this.#unitOfQuarter.get(quarter);
    if (known !== undefined) return known;
    const unit = unitAt(this.#dataset, ms);
    this.#unitOfQuarter.set(quarter, unit);
    return unit;
  }
}
