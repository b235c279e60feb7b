/** Splits one line without quotes, byte by byte: the fast path. It gives up on anything unusual before it reports anything. */
import type { FileForm } from '../files/file-form.ts';
import { POWERS, readDecimal, SAFE_DIGITS } from './decimal.ts';
import type { SeriesIndex } from './series-index.ts';
import type { TimeScanner } from './time-scanner.ts';

const [LF, CR, BLANK, QUOTE, PLUS, MINUS] = [10, 13, 32, 34, 43, 45];
/** The role of a column; values have their number. */
const [SKIP, TIME, SERIES] = [-1, -2, -3];

export class LineScanner {
  /** Values of the line by their column in the form; NaN: null. */
  readonly values: Float64Array;
  readonly #roles: Int32Array;
  readonly #delimiter: number;
  readonly #decimal: number;
  readonly #columns: number;
  /** Numbers that mean null: matched by their text, on the slow path. */
  readonly #nulls: readonly number[];
  #bytes: Uint8Array = new Uint8Array();
  readonly time: TimeScanner;
  readonly series: SeriesIndex;

  constructor(form: FileForm, time: TimeScanner, series: SeriesIndex) {
    this.time = time;
    this.series = series;
    this.values = new Float64Array(form.values.length);
    this.#roles = rolesOf(form);
    this.#delimiter = form.delimiter.charCodeAt(0);
    // Where both are the same, decimals are quoted.
    this.#decimal = form.decimal === form.delimiter ? -1 : form.decimal.charCodeAt(0);
    this.#columns = form.columns ?? 0;
    this.#nulls = form.nulls
      .map((text) => readDecimal(text, form.decimal, form.thousands))
      .filter((n) => !Number.isNaN(n));
  }

  begin(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.time.begin(bytes);
  }

  /**
   * Reads the line that begins at an offset and has an end.
   * @returns the offset of the next one, or -1 when the line must take the slow path.
   */
  scan(from: number): number {
    const bytes = this.#bytes;
    const roles = this.#roles;
    let at = from;
    for (let column = 0; ; ) {
      at = this.#cell(column < roles.length ? (roles[column] as number) : SKIP, at);
      if (at < 0) return -1;
      column++;
      let byte = bytes[at] as number;
      if (byte === this.#delimiter) {
        at++;
        continue;
      }
      const end = at;
      if (byte === CR) byte = bytes[++at] as number;
      if (byte !== LF || column < roles.length) return -1;
      const isWhole = this.#columns === 0 || column === this.#columns || this.#isEmpty(end, column);
      return isWhole ? at + 1 : -1;
    }
  }

  /** Whether all columns beyond those of the form are empty up to the end of the line. */
  #isEmpty(end: number, columns: number): boolean {
    const more = columns - this.#columns;
    for (let back = 1; back <= more; back++) if (this.#bytes[end - back] !== this.#delimiter) return false;
    return more > 0;
  }

  #cell(role: number, at: number): number {
    if (role === TIME) return this.time.scan(at);
    if (role >= 0) return this.#decimalAt(at, role);
    return role === SERIES ? this.series.scan(this.#bytes, at, this.#delimiter) : this.#skip(at);
  }

  #skip(from: number): number {
    const bytes = this.#bytes;
    let at = from;
    for (let byte = bytes[at] as number; byte !== this.#delimiter && byte !== LF && byte !== CR; ) {
      if (byte === QUOTE) return -1;
      byte = bytes[++at] as number;
    }
    return at;
  }

  #decimalAt(from: number, column: number): number {
    const bytes = this.#bytes;
    let at = from;
    while (bytes[at] === BLANK) at++;
    const sign = bytes[at];
    if (sign === MINUS || sign === PLUS) at++;
    const first = at;
    let whole = 0;
    let digit = (bytes[at] as number) - 48;
    while (digit >>> 0 <= 9) {
      whole = whole * 10 + digit;
      digit = (bytes[++at] as number) - 48;
    }
    let digits = at - first;
    let decimals = 0;
    if (bytes[at] === this.#decimal) {
      const point = ++at;
      digit = (bytes[at] as number) - 48;
      while (digit >>> 0 <= 9) {
        whole = whole * 10 + digit;
        digit = (bytes[++at] as number) - 48;
      }
      decimals = at - point;
      digits += decimals;
    }
    if (digits > SAFE_DIGITS) return -1;
    if (digits === 0) return this.#nothing(from, at, column);
    const value = decimals === 0 ? whole : whole / (POWERS[decimals] as number);
    this.values[column] = sign === MINUS ? 0 - value : value;
    return this.#nulls.length > 0 && this.#nulls.includes(this.values[column] as number) ? -1 : at;
  }

  /** An empty cell is a published null; a lone sign, point or blank takes the slow path. */
  #nothing(from: number, at: number, column: number): number {
    this.values[column] = Number.NaN;
    return at === from ? at : -1;
  }
}

/** The role of each column, up to the last one needed. */
function rolesOf({ timeColumn, seriesColumn, values }: FileForm): Int32Array {
  const last = Math.max(timeColumn, seriesColumn ?? 0, ...values.map(({ column }) => column));
  const roles = new Int32Array(last + 1).fill(SKIP);
  values.forEach(({ column }, number) => {
    roles[column] = number;
  });
  roles[timeColumn] = TIME;
  if (seriesColumn !== null) roles[seriesColumn] = SERIES;
  return roles;
}
