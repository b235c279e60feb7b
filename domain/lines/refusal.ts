/** The error for a file whose form is not understood. */
import { Failure } from '../workflow/failures.ts';

const SHOWN = 200;

/** A text and its line in a file. */
export interface Place {
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
}

/** @param options of `tidemark load` that state what was not understood */
export function refusal(what: string, firstLine: string, options: string): Failure {
  const shown = firstLine.length > SHOWN ? `${firstLine.slice(0, SHOWN)}…` : firstLine;
  return new Failure(
    'BAD_INPUT',
    `the form of the file is not understood: ${what}. Its first line is ${JSON.stringify(shown)}. State it with ${options}.`,
  );
}

/** `"49,99" of line 7`. */
export function describePlace({ line, text }: Place): string {
  return `${JSON.stringify(text)} of line ${line}`;
}
