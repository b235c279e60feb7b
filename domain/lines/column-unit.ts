/** Units after the names of columns: `Frequency [Hz]`, `Load (MW)`. */
import { Failure } from '../workflow/failures.ts';

const NAMED = /^(.*?)\s*[[(]\s*([^\])]+?)\s*[\])]$/;
const PREFIXED = /^[kMGTmµu]?(W|Wh|Hz|V|A|VA|var|J|Pa|m|t|g)$/;

/**
 * The name of a column without its unit, if that is the dataset's.
 * @param below the cell below the name, if that is a unit
 * @throws Failure BAD_INPUT when it is the dataset's unit with another prefix: values are never converted silently
 */
export function nameWithoutUnit(name: string, below: string, unit: string): string {
  const [, plain = '', behind = ''] = NAMED.exec(name) ?? [];
  const stated = behind || below.replace(/^[[(]\s*|\s*[\])]$/g, '');
  if (stated === unit && behind !== '') return plain;
  const [base, other] = [PREFIXED.exec(unit)?.[1], PREFIXED.exec(stated)?.[1]];
  if (base === undefined || base !== other || stated === unit) return name;
  throw new Failure(
    'BAD_INPUT',
    `column "${name}" is in ${stated}, the dataset in ${unit}: convert its values, or correct the name of the column`,
  );
}
