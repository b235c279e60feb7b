/** Options that state how the lines of a file are read. */

import { type FileForm, TIME_FORMS, type TimeForm } from '../domain/files/file-form.ts';
import { isTimeZone } from '../domain/time/civil-day.ts';
import { UsageError } from './usage-error.ts';

export interface FormOptions {
  readonly delimiter?: string;
  readonly decimal?: string;
  readonly thousands?: string;
  readonly encoding?: string;
  readonly header?: boolean;
  readonly timeForm?: string;
  readonly zone?: string;
  readonly timeColumn?: string;
  readonly seriesColumn?: string;
}

/** The form that the options state. @throws UsageError that names the option, its value and the hint. */
export function formOf(options: FormOptions): Partial<FileForm> {
  const { delimiter, decimal, thousands, encoding, header, timeForm, zone, timeColumn, seriesColumn } =
    options;
  return {
    ...(delimiter === undefined ? {} : { delimiter: readDelimiter(delimiter) }),
    ...(decimal === undefined ? {} : { decimal: oneOf('--decimal', decimal, ['.', ',']) }),
    ...(thousands === undefined ? {} : { thousands: oneOf('--thousands', thousands, ['.', ',']) }),
    ...(encoding === undefined ? {} : { encoding: readEncoding(encoding) }),
    ...(header === undefined ? {} : { header }),
    ...(timeForm === undefined ? {} : { time: oneOf<TimeForm>('--time-form', timeForm, TIME_FORMS) }),
    ...(zone === undefined ? {} : { zone: readZone(zone) }),
    ...(timeColumn === undefined ? {} : { timeColumn: readWhole('--time-column', timeColumn, 1) - 1 }),
    ...(seriesColumn === undefined
      ? {}
      : { seriesColumn: readWhole('--series-column', seriesColumn, 1) - 1 }),
  };
}

/** @returns seconds. @throws UsageError */
export function readResolution(text: string): number {
  const [, amount = '', unit = ''] = /^(\d{1,4})(s|min|h)$/.exec(text) ?? [];
  const seconds = Number(amount) * ({ s: 1, min: 60, h: 3_600 }[unit] ?? 0);
  if (seconds > 0 && 3_600 % seconds === 0) return seconds;
  throw new UsageError(
    `--resolution is "${text}": write a length that divides an hour, such as 1s, 30s or 15min`,
  );
}

/** @throws UsageError */
export function readWhole(option: string, text: string, min: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= min) return Number(text);
  throw new UsageError(`${option} is "${text}": write a whole number of at least ${min}`);
}

function readDelimiter(text: string): FileForm['delimiter'] {
  if (text === 'tab' || text === '\\t') return '\t';
  return oneOf('--delimiter', text, [',', ';', '|', '\t']);
}

function readEncoding(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    throw new UsageError(`--encoding is "${label}": write one such as utf-8, utf-16le or windows-1252`);
  }
}

function readZone(zone: string): string {
  if (isTimeZone(zone)) return zone;
  throw new UsageError(`--zone is "${zone}": write an IANA time zone, such as Europe/Zurich`);
}

function oneOf<T extends string>(option: string, text: string, known: readonly T[]): T {
  const found = known.find((each) => each === text);
  if (found) return found;
  throw new UsageError(`${option} is "${text}": write one of ${known.join(' ')}`);
}
