/** Options of the verbs that record who acted. */
import { userInfo } from 'node:os';
import { UsageError } from './usage-error.ts';

const LONGEST_REASON = 500;

/** The name given, or that of the user at the terminal. */
export function operator(by: string | undefined): string {
  return by ?? userInfo().username;
}

/** @throws UsageError when there is none, or too much of it. */
export function readReason(text: string): string {
  const reason = text.trim();
  if (reason !== '' && reason.length <= LONGEST_REASON) return reason;
  throw new UsageError(`--reason has ${reason.length} characters: say why in 1 to ${LONGEST_REASON}`);
}
