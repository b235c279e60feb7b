/**
 * Single sign-on: its settings, and how a provider's claims identify a person: subject, name, role. Pure; the claims were verified before.
 */
import { KEY_ROLES, type KeyRole } from './api-key.ts';

export interface SignOnSettings {
  /** Where the provider describes itself, below `/.well-known/openid-configuration`. */
  readonly issuer: string;
  readonly clientId: string;
  /** Also used to seal sessions, so that all API servers accept each other's. */
  readonly clientSecret: string;
  /** Accepted audiences of a token. */
  readonly audiences: readonly string[];
  readonly scopes: string;
  /** The claim with a person's roles: a name, or names of nested claims with dots between. */
  readonly rolesClaim: string;
  /** Which of its values grants which role. */
  readonly roles: readonly Grant[];
  /** How long a session lasts. */
  readonly sessionMs: number;
  /** Address of the web page, without trailing slash. */
  readonly page: string;
}

export interface Grant {
  readonly role: KeyRole;
  readonly value: string;
}

export interface Person {
  /** The provider's permanent id. */
  readonly subject: string;
  /** For display, with the subject, because names change and are not unique. */
  readonly name: string;
  readonly role: KeyRole;
}

export interface Claims {
  readonly [name: string]: unknown;
}

const LONGEST_NAME = 200;
/** The first one present is used. */
const NAMES = ['preferred_username', 'email', 'name'];

/** @returns undefined for a person without a role here. */
export function personOf(
  claims: Claims,
  { rolesClaim, roles }: Pick<SignOnSettings, 'rolesClaim' | 'roles'>,
): Person | undefined {
  const role = greatest(granted(claimOf(claims, rolesClaim), roles));
  const subject = printable(String(claims.sub));
  return role && { subject, name: nameOf(claims, subject), role };
}

function nameOf(claims: Claims, subject: string): string {
  const claimed = NAMES.map((name) => claims[name]).find((each) => typeof each === 'string' && each !== '');
  const name = claimed === undefined || claimed === subject ? subject : `${claimed} (${subject})`;
  return printable(name).slice(0, LONGEST_NAME);
}

/** It is written to logs and tables, which do not accept NUL. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}

/** Whether a bearer credential is a provider's token rather than a key. */
export function isToken(secret: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(secret);
}

/** By its whole name first: names of claims may be URLs, with dots in them. */
function claimOf(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let found: unknown = claims;
  for (const part of name.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return undefined;
    found = (found as Claims)[part];
  }
  return found;
}

/** A claim is a list, or a text of one or more values separated by blanks, as scopes are. */
function granted(claim: unknown, grants: readonly Grant[]): KeyRole[] {
  const values = typeof claim === 'string' ? [claim, ...claim.split(' ')] : Array.isArray(claim) ? claim : [];
  return grants.filter(({ value }) => values.includes(value)).map(({ role }) => role);
}

function greatest(roles: readonly KeyRole[]): KeyRole | undefined {
  return KEY_ROLES.findLast((role) => roles.includes(role));
}
