/** Maps series names in cells to small numbers. Looked up by their bytes, once per line. */

/** A column with more is not one of series names. */
export const MOST_SERIES = 10_000;
const LONGEST_NAME = 200;
const [CR, LF, QUOTE] = [13, 10, 34];

/** As stored in the catalogue: single blanks, nothing unprintable; empty when nothing is left or the bytes were not text. */
export function cleanName(raw: string): string {
  const name = raw
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cs}]/gu, '')
    .trim();
  return name.includes('\ufffd') || name.length > LONGEST_NAME ? '' : name;
}

interface Entry {
  readonly bytes: Uint8Array;
  readonly series: number;
}

export class SeriesIndex {
  /** By number. Grows. */
  readonly names: string[] = [];
  /** The result of the last scan. */
  found = -1;
  readonly #numbers = new Map<string, number>();
  readonly #buckets = new Map<number, Entry[]>();
  #entries = 0;

  /** @returns the number of a name as written in a cell, -1 when it is invalid or there are too many. */
  numberOf(raw: string): number {
    const name = cleanName(raw);
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    if (name === '' || this.names.length >= MOST_SERIES) return -1;
    this.#numbers.set(name, this.names.push(name) - 1);
    return this.names.length - 1;
  }

  /** @returns where the cell ends, or -1 when it must take the slow path. */
  scan(bytes: Uint8Array, from: number, delimiter: number): number {
    let at = from;
    let hash = 0;
    for (let byte = bytes[at] as number; byte !== delimiter && byte !== LF && byte !== CR; ) {
      if (byte === QUOTE) return -1;
      hash = (Math.imul(hash, 31) + byte) | 0;
      byte = bytes[++at] as number;
    }
    const bucket = this.#buckets.get(hash);
    const entry = bucket?.find((each) => isAt(each.bytes, bytes, from, at));
    this.found = entry ? entry.series : this.#learn(hash, bytes.slice(from, at));
    return this.found < 0 ? -1 : at;
  }

  /** Other spellings of a name get entries of their own, limited so that they cannot fill the memory. */
  #learn(hash: number, bytes: Uint8Array): number {
    const series = this.numberOf(new TextDecoder().decode(bytes));
    if (series < 0 || this.#entries >= 2 * MOST_SERIES) return series;
    this.#entries++;
    const bucket = this.#buckets.get(hash);
    if (bucket) bucket.push({ bytes, series });
    else this.#buckets.set(hash, [{ bytes, series }]);
    return series;
  }
}

function isAt(name: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (name.length !== to - from) return false;
  for (let i = 0; i < name.length; i++) if (name[i] !== bytes[from + i]) return false;
  return true;
}
