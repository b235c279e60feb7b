/** Writes rows as bytes, in the forms that files have. */

export interface WriterForm {
  readonly time: 'zoned' | 'utc' | 'local' | 'day-first' | 'epoch';
  readonly delimiter: ',' | ';';
  readonly decimal: '.' | ',';
  readonly header: boolean;
}

interface Layout {
  /** Empty for one series without a name. */
  readonly names: readonly string[];
  /** One column per series, instead of one line. */
  readonly isWide: boolean;
  readonly zone: string;
}

const HOUR_MS = 3_600_000;
const TIME_BYTES = 32;

export class LineWriter {
  /** No row has more bytes. */
  readonly longestRow: number;
  readonly #form: WriterForm;
  readonly #layout: Layout;
  readonly #names: readonly Buffer[];
  /** The text of a time, updated in place. */
  readonly #time = Buffer.alloc(TIME_BYTES);
  #timeBytes = 0;
  #minuteAt = 0;
  #hourMs = Number.NaN;

  constructor(form: WriterForm, layout: Layout) {
    this.#form = form;
    this.#layout = layout;
    this.#names = layout.names.map((name) => Buffer.from(name));
    this.longestRow = (TIME_BYTES + 30) * Math.max(1, layout.names.length);
  }

  /** @returns where the next byte goes. */
  header(to: Buffer): number {
    if (!this.#form.header) return 0;
    const { names, isWide } = this.#layout;
    const values =
      isWide && names.length > 0 ? names : [...(names.length > 0 ? ['series'] : []), 'frequency [Hz]'];
    return to.write(`${['time', ...values].join(this.#form.delimiter)}\n`);
  }

  row(to: Buffer, from: number, atMs: number, values: readonly { next(): number }[]): number {
    this.#setTime(atMs);
    const isLong = !this.#layout.isWide && this.#names.length > 0;
    let at = isLong ? from : this.#putTime(to, from);
    for (let i = 0; i < values.length; i++) {
      if (isLong) at = this.#putName(to, this.#putTime(to, at), i);
      at = this.#putValue(to, at, (values[i] as { next(): number }).next());
      if (isLong) to[at++] = 10;
    }
    if (!isLong) to[at++] = 10;
    return at;
  }

  #setTime(atMs: number): void {
    if (this.#form.time === 'epoch') {
      this.#timeBytes = this.#time.write(String(atMs / 1000), 'latin1');
      return;
    }
    const hourMs = Math.floor(atMs / HOUR_MS) * HOUR_MS;
    if (hourMs !== this.#hourMs) this.#setHour(hourMs);
    const seconds = (atMs - hourMs) / 1000;
    put2(this.#time, this.#minuteAt, Math.floor(seconds / 60));
    put2(this.#time, this.#minuteAt + 3, seconds % 60);
  }

  #setHour(hourMs: number): void {
    this.#hourMs = hourMs;
    const { time } = this.#form;
    const offsetMs = time === 'utc' ? 0 : offsetAt(hourMs, this.#layout.zone);
    const [date = '', clock = ''] = new Date(hourMs + offsetMs).toISOString().slice(0, 19).split('T');
    const [year, month, day] = date.split('-');
    const shown =
      time === 'day-first' ? `${day}.${month}.${year} ` : `${date}${time === 'zoned' ? 'T' : ' '}`;
    this.#minuteAt = shown.length + 3;
    const zone = time === 'zoned' ? offsetText(offsetMs) : time === 'utc' ? 'Z' : '';
    this.#timeBytes = this.#time.write(shown + clock + zone, 'latin1');
  }

  #putTime(to: Buffer, at: number): number {
    for (let i = 0; i < this.#timeBytes; i++) to[at + i] = this.#time[i] as number;
    return at + this.#timeBytes;
  }

  #putName(to: Buffer, at: number, series: number): number {
    to[at] = this.#form.delimiter.charCodeAt(0);
    return at + 1 + (this.#names[series]?.copy(to, at + 1) ?? 0);
  }

  /** Five digits of mHz as Hz. */
  #putValue(to: Buffer, at: number, mHz: number): number {
    to[at] = this.#form.delimiter.charCodeAt(0);
    put2(to, at + 1, Math.floor(mHz / 1000));
    to[at + 3] = this.#form.decimal.charCodeAt(0);
    to[at + 4] = 48 + (Math.floor(mHz / 100) % 10);
    put2(to, at + 5, mHz % 100);
    return at + 7;
  }
}

function put2(to: Buffer, at: number, number: number): void {
  const tens = (number / 10) | 0;
  to[at] = 48 + tens;
  to[at + 1] = 48 + number - tens * 10;
}

/** Local time minus UTC in an hour. Zones that change by half an hour are not supported. */
function offsetAt(ms: number, zone: string): number {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  formats.set(zone, format);
  return Date.parse(`${format.format(ms).replace(' ', 'T')}Z`) - ms;
}
const formats = new Map<string, Intl.DateTimeFormat>();

function offsetText(ms: number): string {
  const minutes = Math.abs(ms) / 60_000;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60].map((n) => String(n).padStart(2, '0'));
  return `${ms < 0 ? '-' : '+'}${hours}:${rest}`;
}
