/** The caller of a request: a key, a signed-on person or anonymous, with a role and the datasets it may see. */
import type { FastifyRequest } from 'fastify';
import { type ApiKey, findKey, hashSecret, touchKey } from '../../db/queries/operation/api-keys.ts';
import { type KeyRole, keyStatus } from '../../domain/api-key.ts';
import {
  type Dataset,
  hasPersonalFields,
  isDerived,
  isOfPoints,
  isPulledPoints,
  type RunnablePoints,
} from '../../domain/dataset/dataset.ts';
import type { DatasetFacts } from '../../domain/dataset/facts.ts';
import type { PointDataset, PulledPoints } from '../../domain/dataset/points.ts';
import { isToken } from '../../domain/sign-on.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { Problem } from '../http/problem.ts';
import type { SignedOn } from '../signon/sign-on.ts';

export interface Caller {
  /** The id of a key, or `person:` and the subject of a signed-on person; null for an anonymous caller. */
  readonly id: string | null;
  /** Null without a key. */
  readonly keyId: string | null;
  /** When a person's session or token ends; null for others. */
  readonly until: Date | null;
  readonly name: string;
  readonly role: KeyRole;
  /** Datasets granted by name; null: every open one. */
  readonly datasets: readonly string[] | null;
  /** Whether it may see fields with personal data. */
  readonly personal: boolean;
}

/** What a route requires; `public`: not even a key. Set in the route's `config`. */
type Access = 'public' | KeyRole;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The least role that may call it. @default reader */
    access?: Access;
  }
  interface FastifyRequest {
    caller: Caller;
  }
}

/** Where people sign on, if there is a provider. */
export const LOGIN = '/auth/login';
const RANK: Readonly<Record<KeyRole, number>> = { reader: 0, operator: 1, admin: 2 };
const NOBODY: Caller = {
  ...{ id: null, keyId: null, until: null },
  ...{ name: 'anonymous', role: 'reader', datasets: null, personal: false },
};

/** Sets `request.caller`, or refuses. @throws Problem 401, 403 */
export async function authenticate(deps: ApiDependencies, request: FastifyRequest): Promise<void> {
  const needed = request.routeOptions.config.access ?? 'reader';
  const secret = secretOf(request);
  if (secret !== undefined) await recognize(deps, request, secret);
  else await recognizePerson(deps, request);
  if (needed === 'public') return;
  const { id, keyId, name, role } = request.caller;
  const mayReadWithout = deps.access === 'open' && needed === 'reader';
  if (id === null && !mayReadWithout) throw nobodyCalls(deps);
  if (RANK[role] >= RANK[needed]) return;
  const has = keyId === null && id !== null ? `you, ${name}, are` : 'this one is';
  throw new Problem(403, `this needs a key of role ${needed}; ${has} of role ${role}`);
}

function nobodyCalls({ signOn }: ApiDependencies): Problem {
  const headers = { 'www-authenticate': 'Bearer realm="tidemark"' };
  const key = 'send a key: "Authorization: Bearer <key>"; "npx tidemark keys create" makes one';
  if (!signOn) return new Problem(401, key, { headers });
  return new Problem(401, `sign on at ${LOGIN}, or ${key}`, { headers, signIn: LOGIN });
}

/** Sets the caller from the session cookie, where sign-on is configured. @throws Problem 403 */
async function recognizePerson({ signOn }: ApiDependencies, request: FastifyRequest): Promise<void> {
  const person = await signOn?.ofCookie(request);
  if (person) request.caller = personCalls(person);
}

function personCalls({ subject, name, role, until }: SignedOn): Caller {
  return { id: `person:${subject}`, keyId: null, until, name, role, datasets: null, personal: false };
}

function secretOf({ headers }: FastifyRequest): string | undefined {
  const { authorization } = headers;
  if (authorization === undefined) return undefined;
  const [, token] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
  return token ?? '';
}

/** An expired or revoked key still identifies who is refused. @throws Problem 401; 403, 503 for a token */
async function recognize(
  { database, now, signOn }: ApiDependencies,
  request: FastifyRequest,
  secret: string,
): Promise<void> {
  if (signOn && isToken(secret)) {
    request.caller = personCalls(await signOn.ofToken(secret));
    return;
  }
  const key = await findKey(database, hashSecret(secret));
  const at = now();
  if (key) request.caller = callerOf(key);
  const status = key ? keyStatus(key, at) : 'unknown';
  if (key && status === 'valid') return await touchKey(database, key.id, at);
  const what = key ? `this key is ${status}` : 'this key is not known';
  throw new Problem(401, `${what}; "npx tidemark keys create" makes one`, {
    headers: { 'www-authenticate': 'Bearer realm="tidemark", error="invalid_token"' },
  });
}

function callerOf({ id, name, role, datasets, personal }: ApiKey): Caller {
  return { id, keyId: id, until: null, name, role, datasets, personal };
}

export function anonymous(): Caller {
  return NOBODY;
}

/** Whether a dataset exists for a caller. */
export function maySee(
  { role, datasets }: Caller,
  { id, access }: Pick<DatasetFacts, 'id' | 'access'>,
): boolean {
  if (datasets !== null) return datasets.includes(id);
  return access === 'open' || role === 'admin';
}

/** The datasets of every shape that a caller may see. */
export function visibleAll({ catalog }: ApiDependencies, { caller }: FastifyRequest): Dataset[] {
  return catalog.all.filter((dataset) => maySee(caller, dataset));
}

/** Their ids. */
export function visibleIds(deps: ApiDependencies, request: FastifyRequest): string[] {
  return visibleAll(deps, request).map(({ id }) => id);
}

/** The datasets of series that a caller may see. */
export function visibleDatasets({ catalog }: ApiDependencies, { caller }: FastifyRequest): PointDataset[] {
  return catalog.all.filter(isOfPoints).filter((dataset) => maySee(caller, dataset));
}

/** A dataset whose units can be fetched or computed again. @throws Problem 404; 409 for one of another kind. */
export function runnableDataset(deps: ApiDependencies, request: FastifyRequest, id: string): RunnablePoints {
  const dataset = visibleDataset(deps, request, id);
  return isDerived(dataset) ? dataset : polledDataset(deps, request, id);
}

/** A dataset that is requested from a source. @throws Problem 404; 409 for one of another kind. */
export function polledDataset(deps: ApiDependencies, request: FastifyRequest, id: string): PulledPoints {
  const dataset = visibleDataset(deps, request, id);
  if (isPulledPoints(dataset)) return dataset;
  if (isDerived(dataset))
    throw new Problem(
      409,
      `${id} is computed when its inputs move; "POST /v1/datasets/${id}/days/rerun" computes days again`,
      { faults: [{ field: 'dataset', value: id, hint: 'write a dataset whose "ingestion" has pull' }] },
    );
  throw new Problem(
    409,
    `${id} is not requested day by day: its data are loaded, with "npx tidemark load ${id} FILE"`,
    { faults: [{ field: 'dataset', value: id, hint: 'write a dataset whose "ingestion" has pull' }] },
  );
}

/** The dataset of points of a request. @throws Problem 404, both where it does not exist and where the caller may not see it. */
export function visibleDataset(deps: ApiDependencies, request: FastifyRequest, id: string): PointDataset {
  const dataset = visibleOfAnyKind(deps, request, id);
  if (isOfPoints(dataset)) return dataset;
  throw new Problem(404, `${id} has no series: it is a dataset of records`, {
    faults: [{ field: 'dataset', value: id, hint: 'write a dataset of series; GET /v1/datasets lists them' }],
  });
}

/** The dataset of a request. @throws Problem 404, both where it does not exist and where the caller may not see it. */
export function visibleOfAnyKind(
  { catalog }: ApiDependencies,
  { caller }: FastifyRequest,
  id: string,
): Dataset {
  const visible = catalog.all.filter((dataset) => maySee(caller, dataset));
  const found = visible.find((dataset) => dataset.id === id);
  if (found) return found;
  const ids = visible.map((dataset) => dataset.id).join(', ') || 'none';
  throw new Problem(404, `no dataset "${id.slice(0, 200)}"; the datasets are ${ids}`, {
    faults: [{ field: 'dataset', value: id, hint: `write one of ${ids}` }],
  });
}

/** Without the grant, a finding of a dataset with personal fields is shown without its raw value. */
export function quoted<T extends { readonly raw: string | null }>(
  { catalog }: ApiDependencies,
  { caller }: FastifyRequest,
  dataset: string,
  finding: T,
): T {
  return caller.personal || !hasPersonalFields(catalog.find(dataset)) ? finding : { ...finding, raw: null };
}

/** @throws Problem 403 */
export function assertMayHaveBytes({ caller }: FastifyRequest, dataset: Dataset, payload: number): void {
  if (caller.personal || !hasPersonalFields(dataset)) return;
  const detail = `the bytes of payload ${payload} of ${dataset.id} may be personal data: send a key that was made with "npx tidemark keys create --personal"`;
  throw new Problem(403, detail);
}
