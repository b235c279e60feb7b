/**
 * Reads the usual forms of a time byte by byte: the bytes before the first colon name an hour, mostly in 13 bytes, and are parsed only when
 * they change; then minutes and seconds. Anything else is left to readTime; both read the same text alike.
 */
import { type FileForm, isEpoch } from '../files/file-form.ts';
import { isSane, readTime, wallHour } from './time-text.ts';
import type { WallClock } from './wall-clock.ts';

const [DASH, DOT, SLASH, COLON, PLUS, BLANK, QUOTE] = [45, 46, 47, 58, 43, 32, 34];
const [CAPITAL_T, CAPITAL_Z] = [84, 90];
/** The longest time, `2024-03-31T02:00:00.000000+01:00`, with room to spare, so that look-ahead stays within the bytes. */
const ROOM = 64;
/** The bytes of `2024-03-31T02`, and of the shortest and the longest spelling of an hour: `1/5/21 1`, `Donnerstag, 31.03.2024 02`. */
const USUAL = 13;
const SHORTEST = 8;
const LONGEST = 32;

export class TimeScanner {
  /** The wall-clock time as if it were UTC, ms. */
  wallMs = 0;
  /** What to subtract from it; NaN when the time zone must be consulted. */
  offsetMs = 0;
  #hourMs = 0;
  #hourOffsetMs = 0;
  /** The bytes of the last parsed hour: how many, in words, and the last four of them. */
  #length = USUAL;
  readonly #hour = new Int32Array(LONGEST / 4).fill(-1);
  #hourBegin = -1;
  #hourMiddle = -1;
  #hourEnd = 0;
  #bytes: Uint8Array = new Uint8Array();
  #view: DataView = new DataView(new ArrayBuffer(0));
  readonly #form: FileForm['time'];
  readonly #isCounted: boolean;
  readonly #clock: WallClock;
  readonly #text = new TextDecoder();

  constructor(form: FileForm['time'], clock: WallClock) {
    this.#form = form;
    this.#isCounted = isEpoch(form) || form === 'excel';
    this.#clock = clock;
  }

  begin(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @returns where the time ends, or -1 when it must take the slow path. */
  scan(at: number): number {
    if (at + ROOM > this.#bytes.length) return -1;
    if (this.#isCounted) return this.#form === 'excel' ? -1 : this.#epoch(at);
    if (!this.#isKnownHour(at) && !this.#learnHour(at)) return -1;
    const bytes = this.#bytes;
    const colon = at + this.#length;
    const minute = twoDigits(bytes, colon + 1);
    let end = colon + 3;
    let second = 0;
    if (bytes[end] === COLON) {
      second = twoDigits(bytes, end + 1);
      end += 3;
      if (bytes[end] === DOT) end = afterZeros(bytes, end + 1);
    }
    // Unsigned, so that minus one is too large as well.
    if (minute >>> 0 > 59 || second >>> 0 > 59) return -1;
    this.wallMs = this.#hourMs + (minute * 60 + second) * 1000;
    this.offsetMs = this.#hourOffsetMs;
    return this.#form === 'iso' ? this.#zone(end) : end;
  }

  #isKnownHour(at: number): boolean {
    const view = this.#view;
    const length = this.#length;
    // The last bytes first: they change most.
    return (
      view.getInt32(at + length - 4) === this.#hourEnd &&
      view.getInt32(at + 4) === this.#hourMiddle &&
      view.getInt32(at) === this.#hourBegin &&
      this.#bytes[at + length] === COLON &&
      (length === SHORTEST || this.#isKnownRest(at, length))
    );
  }

  /** The words between the second and the last four bytes. */
  #isKnownRest(at: number, length: number): boolean {
    if (this.#view.getInt32(at + 8) !== this.#hour[2]) return length <= 12;
    for (let word = 3; word < (length - 1) >> 2; word++)
      if (this.#view.getInt32(at + 4 * word) !== this.#hour[word]) return false;
    return true;
  }

  #learnHour(at: number): boolean {
    // Quoted times are read again without the quotes.
    if (this.#bytes[at] === QUOTE) return false;
    const length = this.#bytes[at + USUAL] === COLON ? USUAL : this.#lengthOfHour(at);
    const hourMs = this.#readHour(at, length);
    if (Number.isNaN(hourMs)) return false;
    this.#hourMs = hourMs;
    this.#hourOffsetMs = this.#form === 'iso' ? 0 : this.#clock.offsetOfHour(hourMs);
    this.#length = length;
    for (let word = 0; word < LONGEST / 4; word++) this.#hour[word] = this.#view.getInt32(at + 4 * word);
    this.#hourBegin = this.#hour[0] as number;
    this.#hourMiddle = this.#hour[1] as number;
    this.#hourEnd = this.#view.getInt32(at + length - 4);
    return true;
  }

  /** How many bytes precede the first colon; 0 when it is too near or too far to end an hour. */
  #lengthOfHour(at: number): number {
    let end = at + SHORTEST;
    while (end - at < LONGEST && this.#bytes[end] !== COLON) end++;
    return end - at < LONGEST ? end - at : 0;
  }

  /** The start of the hour that this many bytes name, NaN when they name none. */
  #readHour(at: number, length: number): number {
    const usual = length === USUAL ? this.#usualHour(at) : Number.NaN;
    if (!Number.isNaN(usual) || length < SHORTEST) return usual;
    const text = this.#text.decode(this.#bytes.subarray(at, at + length));
    // 24:00, the end of a day, allows no other minute.
    const read = text.endsWith('24')
      ? ''
      : readTime(`${text}:00`, this.#form === 'iso' ? 'iso-local' : this.#form);
    return typeof read === 'string' ? Number.NaN : read.wallMs;
  }

  #usualHour(at: number): number {
    if (this.#form === 'month-first') return Number.NaN;
    return this.#form === 'day-first' ? this.#dayFirst(at) : this.#yearFirst(at);
  }

  #yearFirst(at: number): number {
    const bytes = this.#bytes;
    if (bytes[at + 4] !== DASH || bytes[at + 7] !== DASH || !isBetween(bytes[at + 10])) return Number.NaN;
    const year = twoDigits(bytes, at) * 100 + twoDigits(bytes, at + 2);
    return wallHour(year, twoDigits(bytes, at + 5), twoDigits(bytes, at + 8), twoDigits(bytes, at + 11));
  }

  #dayFirst(at: number): number {
    const bytes = this.#bytes;
    const dot = bytes[at + 2];
    if ((dot !== DOT && dot !== SLASH) || bytes[at + 5] !== dot || !isBetween(bytes[at + 10]))
      return Number.NaN;
    const year = twoDigits(bytes, at + 6) * 100 + twoDigits(bytes, at + 8);
    return wallHour(year, twoDigits(bytes, at + 3), twoDigits(bytes, at), twoDigits(bytes, at + 11));
  }

  #zone(at: number): number {
    const bytes = this.#bytes;
    const sign = bytes[at];
    if (sign === CAPITAL_Z) return at + 1;
    if ((sign !== PLUS && sign !== DASH) || bytes[at + 3] !== COLON) return -1;
    const hours = twoDigits(bytes, at + 1);
    const minutes = twoDigits(bytes, at + 4);
    if (hours >>> 0 > 23 || minutes >>> 0 > 59) return -1;
    const offsetMs = (hours * 60 + minutes) * 60_000;
    this.offsetMs = sign === DASH ? -offsetMs : offsetMs;
    return at + 6;
  }

  #epoch(from: number): number {
    let at = from;
    let number = 0;
    for (let digit = (this.#bytes[at] as number) - 48; digit >>> 0 <= 9; ) {
      number = number * 10 + digit;
      digit = (this.#bytes[++at] as number) - 48;
      if (at - from > 15) return -1;
    }
    this.wallMs = this.#form === 'epoch-s' ? number * 1000 : number;
    this.offsetMs = 0;
    return at > from && this.#bytes[at] !== DOT && isSane(this.wallMs) ? at : -1;
  }
}

/** The number of two digits, or -1000 when they are not digits: too low for any sum it is used in. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] as number) - 48;
  const ones = (bytes[at + 1] as number) - 48;
  return tens >>> 0 <= 9 && ones >>> 0 <= 9 ? tens * 10 + ones : -1000;
}

function isBetween(byte: number | undefined): boolean {
  return byte === CAPITAL_T || byte === BLANK;
}

/** Skips a fraction of zeros; any other digit remains, which the caller sees. */
function afterZeros(bytes: Uint8Array, at: number): number {
  let end = at;
  while (bytes[end] === 48) end++;
  return end === at ? -1 : end;
}
