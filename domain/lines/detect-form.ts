/**
 * Finds out from the first lines of a file how its lines are to be read, as far as nobody said so. Never guesses in silence:
 * what it cannot tell it refuses, with the option that states it.
 */
import { instantAt } from '../civil-day.ts';
import { Failure } from '../failures.ts';
import type { FileDataset } from '../file-dataset.ts';
import type { FileForm } from '../file-form.ts';
import { columnsOf, type Table } from './detect-columns.ts';
import { refusal } from './refusal.ts';
import { splitLine, trimCell } from './split-line.ts';
import { textOf } from './text-of.ts';

const DELIMITERS = [';', '\t', '|', ','] as const;
/** What publishers write for a value that is not there. */
const NULLS = ['null', 'NULL', 'NaN', 'nan', 'NA', 'N/A', 'n/a', '-'];
/** How many lines are looked at. */
const LOOKED_AT = 500;

/**
 * @param head the first bytes of the file, about 64 KB
 * @param stated what a person said of the form; it counts more than what the dataset says, and that more than what is found
 * @throws Failure BAD_INPUT that names what was not understood, shows the first line and says which option states it
 */
export function detectForm(head: Uint8Array, dataset: FileDataset, stated: Partial<FileForm>): FileForm {
  const known = { ...dataset.form, ...stated };
  const lines = linesOf(textOf(head));
  const [first] = lines;
  if (first === undefined) throw new Failure('BAD_INPUT', 'the file has no lines');
  const table = tableOf(lines, known);
  const zone = known.zone ?? dataset.source.timeZone;
  assertZone(zone, first);
  return { ...columnsOf(table, known, dataset.onlySeries), zone };
}

/** Those that say something. The last one may be cut. */
function linesOf(text: string): string[] {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  if (lines.length > 1) lines.pop();
  return lines.filter((line) => line.trim() !== '').slice(0, LOOKED_AT);
}

/** The lines taken apart by the delimiter that is stated, or by the first that makes equal columns of them. */
function tableOf(lines: readonly string[], known: Partial<FileForm>): Table {
  const nulls = known.nulls ?? NULLS;
  const candidates = known.delimiter ? [known.delimiter] : DELIMITERS;
  const tables = candidates.map((delimiter) => ({
    delimiter,
    nulls,
    first: lines[0] ?? '',
    ...split(lines, delimiter),
  }));
  const found = tables.find(({ columns, share }) => columns > 1 && share > 0.5);
  if (found) return found;
  throw refusal(
    known.delimiter
      ? `the delimiter ${JSON.stringify(known.delimiter)} makes no equal columns of its lines`
      : 'no delimiter out of ; , | and tab makes equal columns of its lines',
    lines[0] ?? '',
    '--delimiter',
  );
}

function split(lines: readonly string[], delimiter: string) {
  const rows = lines.map((line) => splitLine(line, delimiter)?.map(trimCell) ?? []);
  const counts = new Map<number, number>();
  // The first line may be names that say less or more than the lines below.
  const data = rows.length > 1 ? rows.slice(1) : rows;
  for (const row of data) counts.set(row.length, (counts.get(row.length) ?? 0) + 1);
  const [columns, often] = [...counts].toSorted(([, a], [, b]) => b - a)[0] ?? [0, 0];
  return { rows, columns, share: often / data.length };
}

function assertZone(zone: string, first: string): void {
  try {
    instantAt('2024-01-01', '00:00', zone);
  } catch {
    throw refusal(`"${zone}" is no time zone, such as Europe/Zurich or UTC`, first, '--zone');
  }
}
