/** Settings of single sign-on: the provider, and the rights of its users. Left out: keys only. */
import { z } from 'zod';
import { KEY_ROLES, type KeyRole } from '../domain/api-key.ts';
import type { Grant, SignOnSettings } from '../domain/sign-on.ts';

const ISSUER = 'write the https URL of the provider, such as https://login.example/realms/desk';
const ROLES = `write role=value with commas between, such as reader=traders,operator=data-desk; the roles are ${KEY_ROLES.join(', ')}`;
/** A working day: somebody signs on once in it. */
const SESSION_MS = 8 * 3_600_000;
const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost'];

export const signOnSettings = {
  OIDC_ISSUER: z.string().refine(isProtected, ISSUER).optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z
    .string()
    .min(16, 'write the secret that the provider made, of 16 characters or more')
    .optional(),
  OIDC_ROLES: z.string().transform(grantsOf).optional(),
  OIDC_ROLES_CLAIM: z.string().default('roles'),
  OIDC_AUDIENCE: z.string().optional(),
  OIDC_SCOPES: z
    .string()
    .regex(
      /^openid( [\w.:/-]+)*$/,
      'write openid and others with blanks between, such as openid profile email groups',
    )
    .default('openid profile email'),
};

/** Values of these are never shown. */
export const SIGN_ON_SECRETS = ['OIDC_CLIENT_SECRET'];

/** Settings required together with OIDC_ISSUER, and useless without it. */
const NEEDED = {
  OIDC_CLIENT_ID: 'write the id under which the provider knows this API',
  OIDC_CLIENT_SECRET: 'write the secret that the provider made for this API',
  OIDC_ROLES: ROLES,
} as const;

type Given = z.output<z.ZodObject<typeof signOnSettings>> & { readonly PAGE_URL?: string | undefined };

/** Faults of these settings in combination. */
export function signOnFaults(given: Given): string[] {
  const names = Object.keys(NEEDED) as (keyof typeof NEEDED)[];
  if (given.OIDC_ISSUER === undefined) {
    const alone = names.filter((name) => given[name] !== undefined);
    return alone.map((name) => `OIDC_ISSUER is not set: ${name} does nothing without it; ${ISSUER}`);
  }
  const faults = names
    .filter((name) => given[name] === undefined)
    .map((name) => `${name} is not set: with OIDC_ISSUER, ${NEEDED[name]}`);
  const { PAGE_URL } = given;
  if (PAGE_URL !== undefined && isProtected(PAGE_URL)) return faults;
  const was = PAGE_URL === undefined ? 'is not set' : `is "${PAGE_URL}"`;
  return [
    ...faults,
    `PAGE_URL ${was}: with OIDC_ISSUER, write the https URL of the page, to which the provider sends people back`,
  ];
}

/** @returns undefined where sign-on is not configured. */
export function signOnOf(given: Given): SignOnSettings | undefined {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = given;
  if (!issuer || !clientId || !clientSecret) return undefined;
  return {
    ...{ issuer, clientId, clientSecret },
    audiences: [clientId, ...(given.OIDC_AUDIENCE ? [given.OIDC_AUDIENCE] : [])],
    scopes: given.OIDC_SCOPES,
    rolesClaim: given.OIDC_ROLES_CLAIM,
    roles: given.OIDC_ROLES ?? [],
    sessionMs: SESSION_MS,
    page: given.PAGE_URL?.replace(/\/+$/, '') ?? '',
  };
}

/** Whether it is HTTPS or a loopback address, which cannot be eavesdropped on, and contains no secret. */
function isProtected(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  if (username || password || search || hash) return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname));
}

function grantsOf(text: string, context: z.RefinementCtx): Grant[] {
  const grants = text.split(',').map((each) => {
    const [, role, value] = /^\s*(\w+)=(.+?)\s*$/.exec(each) ?? [];
    return { role: role as KeyRole, value: value ?? '' };
  });
  const isRight = grants.every(({ role }) => KEY_ROLES.includes(role));
  if (!isRight) context.addIssue({ code: 'custom', message: ROLES });
  return grants;
}
