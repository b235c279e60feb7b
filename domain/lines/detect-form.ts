/**
 * Detects from the first lines of a file how its lines are to be read, unless stated. Never guesses silently: what the first lines leave
 * open is decided by the whole file (FormFinder), and the rest is refused, with the option that states it.
 */

import type { FiledPoints } from '../dataset/points.ts';
import type { FileForm, TimeForm } from '../files/file-form.ts';
import { instantAt } from '../time/civil-day.ts';
import { columnsOf } from './detect-columns.ts';
import { tableOf } from './detect-table.ts';
import { NumberEvidence } from './number-evidence.ts';
import { type Place, refusal } from './refusal.ts';
import { textOf } from './text-of.ts';

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
