/** How a file is refused whose form is not understood. */
import { Failure } from '../failures.ts';

const SHOWN = 200;

/** @param options of `tidemark load` that state what was not understood */
export function refusal(what: string, firstLine: string, options: string): Failure {
  const shown = firstLine.length > SHOWN ? `${firstLine.slice(0, SHOWN)}…` : firstLine;
  return new Failure(
    'BAD_INPUT',
    `the form of the file is not understood: ${what}. Its first line is ${JSON.stringify(shown)}. State it with ${options}.`,
  );
}
