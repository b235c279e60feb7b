/** The files that "tidemark load" was given, and the form that was said of them. */
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, constants, mkdir, readdir, rename, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Database } from '../db/connection/client.ts';
import { forgetText, noteText } from '../db/queries/files/kept-texts.ts';
import { type FileForm, TIME_FORMS, type TimeForm } from '../domain/files/file-form.ts';
import { unwritableFolder } from '../domain/files/unwritable-folder.ts';
import { isTimeZone } from '../domain/time/civil-day.ts';
import type { Io } from './context.ts';
import { UsageError } from './usage-error.ts';

/** The files that are taken from a folder. */
const LINES = /\.(csv|tsv|txt|ndjson|jsonl)(\.gz)?$|\.zip$/i;

/** Where standard input is stored and registered. */
interface InputFolder {
  readonly filesFolder: string;
  /** Left out where nothing outlives the command. */
  readonly database?: () => Database;
}

/** The working folder, and the stream that `-` stands for. */
type Origin = Pick<Io, 'folder' | 'stdin'>;

/** @throws UsageError for what is not there. */
export async function filesOf(
  given: readonly string[],
  folder: InputFolder,
  origin: Origin,
): Promise<string[]> {
  const files: string[] = [];
  for (const one of given) {
    if (one === '-') files.push(await keepInput(folder, origin));
    else if (/^https?:\/\//.test(one)) files.push(one);
    else files.push(...(await filesAt(one, origin)));
  }
  return files;
}

async function filesAt(given: string, { folder }: Origin): Promise<string[]> {
  const path = resolve(folder, given);
  const [, archive] = /^(.*\.zip)#/i.exec(path) ?? [];
  const found = await stat(archive ?? path).catch(() => undefined);
  if (!found) throw new UsageError(`there is no file "${given}"`);
  if (!found.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => LINES.test(name)).toSorted();
  if (names.length > 0) return names.map((name) => `${path}/${name}`);
  throw new UsageError(
    `the folder "${given}" has no file of lines (.csv, .tsv, .txt, .ndjson, .gz of these, .zip)`,
  );
}

/** Stored under a name derived from its content, because workers read it again when a day is rebuilt. */
async function keepInput({ filesFolder, database }: InputFolder, { stdin }: Origin): Promise<string> {
  const folder = resolve(filesFolder);
  await ensureFolder(folder);
  const hash = createHash('sha256');
  const fresh = `${folder}/${randomUUID()}.input`;
  if (database) await noteText(database(), fresh, null);
  const tap = async function* (source: AsyncIterable<Buffer>) {
    for await (const piece of source) {
      hash.update(piece);
      yield piece;
    }
  };
  await pipeline(stdin, tap, createWriteStream(fresh, { flush: true }));
  const sha256 = hash.digest();
  const path = `${folder}/${sha256.toString('hex')}.input`;
  if (database) await noteText(database(), path, sha256);
  await rename(fresh, path);
  if (database) await forgetText(database(), fresh);
  return path;
}

async function ensureFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new UsageError(unwritableFolder(folder, (error as NodeJS.ErrnoException).code ?? ''));
  }
}

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
