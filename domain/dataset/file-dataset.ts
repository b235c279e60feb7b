/**
 * The contract of a dataset whose data are handed over as files of lines (`tidemark load`). Pure data: how lines may look,
 * and what of a value is plausible. Like every dataset it is one file, with a default export.
 */

import type { FileForm } from '../files/file-form.ts';
import { type DatasetFacts, factFaults } from './dataset.ts';
import { type PlainNames, plainFaults } from './plain-names.ts';

export interface FileDataset extends DatasetFacts {
  readonly kind: 'files';
  readonly plain?: PlainNames;
  /** Shortest interval between two points of a series, seconds; must divide an hour. Starts of points lie on this grid. */
  readonly finestSeconds: number;
  /** The name of the series of a file that names none: one column of values without a header that says more. */
  readonly onlySeries: string;
  /** What of the form of the lines is known beforehand; the rest is found out from the first lines, or stated by a person. */
  readonly form: Partial<FileForm>;
  readonly plausible: Plausible;
  /** Catalogue facts of a series read from its name. */
  seriesAttributes(series: string): Readonly<Record<string, string>>;
}

/** Limits of values, in the dataset's unit. */
export interface Plausible {
  /** A value below or above cannot be right and is not written. */
  readonly range: readonly [min: number, max: number];
  /** A value that moves by more from one interval to the next is remarked on. */
  readonly step: number;
}

/**
 * Checks a definition and freezes it.
 * @throws RangeError that lists every fault of the definition at once.
 */
export function defineFileDataset(definition: Omit<FileDataset, 'kind'>): FileDataset {
  const faults = [...factFaults(definition), ...plainFaults(definition.plain), ...valueFaults(definition)];
  if (faults.length > 0) throw new RangeError(`dataset "${definition.id}": ${faults.join('; ')}`);
  return Object.freeze({ ...definition, kind: 'files' });
}

function valueFaults({
  finestSeconds,
  onlySeries,
  plausible,
  retentionDays,
}: Omit<FileDataset, 'kind'>): string[] {
  const faults: string[] = [];
  const [min, max] = plausible.range;
  if (!Number.isInteger(finestSeconds) || finestSeconds < 1 || 3600 % finestSeconds !== 0)
    faults.push('finestSeconds must be a whole number of seconds that divides an hour');
  if (!/^[!-~]{1,200}$/.test(onlySeries))
    faults.push('onlySeries must be printable, without spaces, at most 200 characters');
  if (!(min < max)) faults.push('plausible.range must be [min, max] with min below max');
  if (!(plausible.step > 0)) faults.push('plausible.step must be above 0');
  if (retentionDays !== null && !(Number.isInteger(retentionDays) && retentionDays > 0))
    faults.push('retentionDays must be null or a whole number of days above 0');
  return faults;
}
