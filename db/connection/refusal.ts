/**
 * A server that answers but opens no session: wrong password, no such user or database, no right to connect. The statement is not to blame,
 * so it is worth a retry once a person has fixed the server or DATABASE_URL.
 */

/** Says what to change. Worth a retry once a person has done it. */
export class SessionRefused extends Error {
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
