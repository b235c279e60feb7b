/**
 * Detects from the first lines of a file how its lines are to be read, unless stated. Never guesses silently: what the first lines leave
 * open is decided by the whole file (FormFinder), and the rest is refused, with the option that states it.
 */
import type { FiledPoints } from '../dataset/points.ts';
import type { FileForm, TimeForm } from '../files/file-form.ts';
import { instantAt } from '../time/civil-day.ts';
import { Failure } from '../workflow/failures.ts';
import { columnsOf } from './detect-columns.ts';
import { tableOf } from './detect-table.ts';
import { NumberEvidence } from './evidence.ts';
import { type Place, refusal } from './refusal.ts';

/** The form as far as the first lines show it. */
export interface Sketch {
  readonly form: FileForm;
  /** Names of all columns, if there is a header. */
  readonly names: readonly string[] | null;
  /** The first line, for error messages. */
  readonly first: string;
  /** Forms in which the times can be read: the choice is open if there are several. */
  readonly times: readonly TimeForm[];
  /** Whether the decimal sign is still open. */
  readonly isDecimalOpen: boolean;
  /** The cell that settled the decimal sign; null when it was stated, or none did. */
  readonly decimalBy: Place | null;
}

/**
 * @param head the first bytes of the file, about 64 KB
 * @param stated what a person said of the form; overrides the dataset, which overrides detection
 * @throws Failure BAD_INPUT that names what was not understood, shows the first line and says which option states it
 */
export function sketchForm(head: Uint8Array, dataset: FiledPoints, stated: Partial<FileForm>): Sketch {
  const known = { ...dataset.files.form, ...stated };
  const table = tableOf(textOf(head), known);
  const zone = known.zone ?? dataset.source.timeZone;
  assertZone(zone, table.first);
  const { form, times, rows, names: columns } = columnsOf(table, known, dataset);
  const numbers = new NumberEvidence();
  for (const { cells, line } of rows)
    for (const { column } of form.values) numbers.see(cells[column] ?? '', line);
  // If the sign is stated, cells may contradict it: some will be refused.
  const found = known.decimal === undefined ? numbers.settle(dataset, table.first) : undefined;
  const decimal = known.decimal ?? found?.decimal ?? '.';
  const thousands = known.thousands ?? found?.thousands ?? numbers.thousandsWith(decimal);
  return {
    form: {
      ...form,
      decimal,
      ...(thousands === undefined ? {} : { thousands }),
      ...{ time: times[0], zone },
    },
    ...{ names: columns, first: table.first, times, decimalBy: found?.by ?? null },
    isDecimalOpen: known.decimal === undefined && found === undefined,
  };
}

function assertZone(zone: string, first: string): void {
  try {
    instantAt('2024-01-01', '00:00', zone);
  } catch {
    throw refusal(`"${zone}" is no time zone, such as Europe/Zurich or UTC`, first, '--zone');
  }
}

// The first bytes of a file as text, or an error that says what they are instead.

/** Signatures of files that are not text, and what to do about them. */
const KINDS: readonly (readonly [bytes: readonly number[], what: string, hint: string])[] = [
  [[0x1f, 0x8b], 'packed with gzip', 'hand it over with its name ending in .gz, or unpack it'],
  [[0x50, 0x4b, 3, 4], 'a zip archive', 'hand it over with its name ending in .zip, or unpack it'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'packed with zstd', 'unpack it'],
  [[0x42, 0x5a, 0x68], 'packed with bzip2', 'unpack it'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'packed with xz', 'unpack it'],
  [[0x50, 0x41, 0x52, 0x31], 'a Parquet file', 'hand it over as CSV'],
];

/** @throws Failure BAD_INPUT for what is not UTF-8 text; a byte order mark is removed. */
function textOf(head: Uint8Array): string {
  for (const [bytes, what, hint] of KINDS)
    if (bytes.every((byte, at) => head[at] === byte)) throw refused(what, hint);
  if (head.includes(0)) throw refused('no text: it has bytes of zero', 'give it a file of text lines');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(whole(head));
  } catch {
    throw refused(
      'no UTF-8 text',
      'say what it is, for example with --encoding windows-1252, or save it as UTF-8',
    );
  }
}

/** Without a truncated last line, which may end within a character. */
function whole(head: Uint8Array): Uint8Array {
  const end = head.lastIndexOf(10) + 1;
  return end > 0 ? head.subarray(0, end) : head;
}

function refused(what: string, hint: string): Failure {
  return new Failure('BAD_INPUT', `the file is ${what}; ${hint}`);
}
