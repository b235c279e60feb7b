/** Distinguishes "the database does not answer" from "the statement is wrong": only the first is worth a retry. */
import { CommitUnknown } from './commit.ts';
import { SilenceFailure } from './pulse.ts';
import { TlsFailure } from './tls.ts';

// A server that answers but opens no session: wrong password, no such user or database, no right to connect. The statement is not to blame,
// so it is worth a retry once a person has fixed the server or DATABASE_URL.

/** Says what to change. Worth a retry once a person has done it. */
class SessionRefused extends Error {
  override readonly name = 'SessionRefused';
}

const MEND = 'put that right on the server, or set DATABASE_URL and start the process again';

/** By SQLSTATE. Others pass by themselves (a server that starts or has too many sessions), or are reported as they are. */
const CURES: Readonly<Record<string, string>> = {
  '28P01': `the database refuses the password of DATABASE_URL (#): ${MEND}`,
  '28000': `the database refuses the user of DATABASE_URL (#): ${MEND}`,
  '3D000': `the database of DATABASE_URL is not there (#): ${MEND}`,
  '42501': `the user of DATABASE_URL lacks a right to connect or to act as its role (#): grant it, or set DATABASE_URL and start the process again`,
  '22023': `the role to act as is not there (#): run "npm run migrate"`,
};

/** The server requires a password during SCRAM, and there is none; the driver's error has no code. */
const NO_PASSWORD = /^SASL: .*password must be/;

/** The same error, or one with instructions when the server refused the session. Only for errors of connecting. */
export function explainRefusal(error: Error): Error {
  const { code } = error as { code?: unknown };
  const key = NO_PASSWORD.test(error.message) ? '28P01' : String(code);
  const hint = Object.hasOwn(CURES, key) ? CURES[key] : undefined;
  return hint === undefined
    ? error
    : new SessionRefused(
        hint.replace('#', () => error.message),
        { cause: error },
      );
}

/**
 * Connection trouble, shutdowns, exhausted resources, lost races, locks and statements that took too long, and failing disks (SQLSTATE
 * classes 08, 40, 53, 55, 57, 58), a read-only database (25006): a standby after a failover, or stopped by an administrator, and a session
 * that the server ended because it was idle (25P03).
 */
const PASSING_SQLSTATE = /^(08|40|53|55|57|58|25006|25P03)/;
/** Those in which the database answers, but cannot write. */
const NOT_WRITABLE_SQLSTATE = /^(25006|53100|58)/;
const PASSING_SYSTEM = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);
/** The beginnings of the driver's own messages: a message that only quotes them is about something else. */
const PASSING_MESSAGE =
  /^(connection terminated|timeout exceeded when trying to connect|timeout expired|query read timeout|client has encountered a connection error|client was closed and is not queryable)/i;

/** Their messages say what to do. */
const SAYS_ALL = [CommitUnknown, SessionRefused, TlsFailure];
const PASSING_ERRORS = [...SAYS_ALL, SilenceFailure];

/** True when a retry can help. */
export function isPassingStorageFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (PASSING_ERRORS.some((passing) => error instanceof passing)) return true;
  // A host with several addresses (localhost has two): all of them failed.
  if (error instanceof AggregateError) return error.errors.some(isPassingStorageFailure);
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && isSqlState(error, code)) return PASSING_SQLSTATE.test(code);
  const fromSystem = typeof code === 'string' && PASSING_SYSTEM.has(code) && 'syscall' in error;
  return fromSystem || PASSING_MESSAGE.test(error.message);
}

/** A relation, its schema or a function does not exist. */
const MISSING_SQLSTATE = new Set(['42P01', '3F000', '42883']);

/** Whether a statement named something that the database does not have, such as the storage of a dataset that was never enabled. */
export function isMissingRelation(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return error instanceof Error && typeof code === 'string' && MISSING_SQLSTATE.has(code);
}

/** Why a process could not start. */
export function startFailure(error: unknown): string {
  return storageMessage(error) ?? (error instanceof Error ? error.message : String(error));
}

/** What a person reads of a failure of the database; undefined when it is not the reason. */
export function storageMessage(error: unknown): string | undefined {
  if (!(error instanceof Error) || !isPassingStorageFailure(error)) return undefined;
  if (SAYS_ALL.some((saying) => error instanceof saying)) return error.message;
  if (isNotWritable(error)) {
    return `the database cannot be written to (${error.message}). Days wait until it has room and is not read only`;
  }
  return `the database does not answer (${reasonOf(error)}). Start one with "npm start", or set DATABASE_URL`;
}

/** A host with several addresses fails with all their reasons and no message of its own. */
function reasonOf(error: Error): string {
  return error instanceof AggregateError
    ? error.errors.map((each: Error) => each.message).join(', ')
    : error.message;
}

/** True when the database answers, but has no room, a broken disk, or is read-only. */
function isNotWritable(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return (
    error instanceof Error &&
    typeof code === 'string' &&
    isSqlState(error, code) &&
    NOT_WRITABLE_SQLSTATE.test(code)
  );
}

/** True when the driver gave up waiting: the statement may still be running, and its session is blocked. */
export function isUnanswered({ message }: Error): boolean {
  return /^query read timeout/i.test(message);
}

/** Errors of the server carry a severity beside their five-character code; errors of the system do not. */
function isSqlState(error: Error, code: string): boolean {
  return 'severity' in error && code.length === 5;
}
