/** Pins: makes one, and answers its query again with the same bytes or not at all. */
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Sql } from '../../db/connection/client.ts';
import { answerState } from '../../db/queries/answers/answer-state.ts';
import type { GateDays } from '../../db/queries/answers/knowledge.ts';
import { feedFingerprint, findPin, type Pin, rowsDigest } from '../../db/queries/answers/pins.ts';
import { type GateMeta, gateMeta, readGateDays } from '../../db/read/gates.ts';
import { earlier, isPointQuestion, knowledgeOf, type Question, selectionOf } from '../../db/read/question.ts';
import { dayAt } from '../../domain/time/civil-day.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { Problem, wrongField } from '../http/problem.ts';
import { maySee } from '../limits/access.ts';
import type { Meta } from '../schemas.ts';
import { metaOf } from './meta.ts';
import type { Selection } from './selection.ts';

/** What would change with the dataset's definition or the code: stored as it was when the pin was made. */
interface Frozen {
  readonly unit?: string;
  readonly time_zone: string;
  readonly simulated: boolean;
  /** Points only: the length of time read per chunk. */
  readonly chunkMs?: number;
  readonly gates?: GateMeta;
}

/** Pins a query in its current state. @throws Problem 422 when nothing is known yet. */
export async function pinOf(
  sql: Sql,
  selection: Selection,
  createdBy: string,
): Promise<Omit<Pin, 'createdAt'>> {
  const { dataset, from, to, days, key, locations, gate = null } = selection;
  const state = await answerState(sql, dataset.id, days);
  const gates = await readGateDays(sql, selection);
  const asOf =
    selection.asOf === null
      ? state.knownAt && (gates ? reachedAt(gates, state.knownAt) : state.knownAt)
      : earlier(selection.asOf, state.settledAt);
  if (asOf === null) throw wrongField('from', from?.toISOString(), 'nothing is known of this range yet', 422);
  const frozen = {
    ...frozenOf(selection, metaOf(selection, state)),
    ...(gates ? { gates: gateMeta(gates) } : {}),
  };
  const series = selection.series && [...new Set(selection.series)].sort();
  const knowledge = knowledgeOf(selection.gate, asOf, dataset.source.timeZone);
  const { digest, rows } = await rowsDigest(sql, { ...selection, series, knowledge });
  const filter = [series, ...(key === null && locations === null ? [] : [key, locations])];
  const content = JSON.stringify([dataset.id, from, to, ...filter, asOf, gate, digest, frozen]);
  return {
    id: createHash('sha256').update(content).digest('base64url').slice(0, 16),
    ...{ dataset: dataset.id, from, to, series, key, locations, asOf, gate, digest, rows, createdBy },
    frozen: { ...frozen },
    fingerprint: await feedFingerprint(sql, dataset.id, days, asOf),
  };
}

/** The earliest instant as of which the answer is the same: nothing that becomes known after the last gate counts. */
function reachedAt({ days }: GateDays, knownAt: Date): Date {
  const reached = days.filter((day) => day.reached).at(-1)?.gateAt;
  if (reached === undefined) return knownAt;
  return days.at(-1)?.reached ? reached : new Date(Math.max(reached.getTime(), knownAt.getTime()));
}

function frozenOf(selection: Selection, { unit, time_zone, simulated }: Meta): Frozen {
  const common = { time_zone, simulated };
  if (!isPointQuestion(selection)) return common;
  const { chunkMs } = selectionOf(selection);
  return { ...(unit === undefined ? {} : { unit }), ...common, chunkMs };
}

/** @throws Problem 404, both for a missing pin and for one whose dataset the caller may not see. */
export async function visiblePin(
  { catalog }: ApiDependencies,
  { caller }: FastifyRequest,
  sql: Sql,
  id: string,
): Promise<Pin> {
  const pin = await findPin(sql, id);
  const dataset = catalog.all.find((each) => each.id === pin?.dataset);
  if (pin && dataset && maySee(caller, dataset)) return pin;
  throw new Problem(404, `no pin "${id}"; POST /v1/pins makes one`, {
    faults: [{ field: 'pin', value: id, hint: 'take it from the answer of POST /v1/pins, unchanged' }],
  });
}

export interface PinnedQuestion {
  readonly question: Question;
  readonly chunkMs: number | undefined;
  readonly meta: Meta;
}

/** The query of a pin. @throws Problem 409 when its rows are no longer those of when it was made. */
export async function pinnedQuestion(
  { catalog }: ApiDependencies,
  { caller }: FastifyRequest,
  sql: Sql,
  pin: Pin,
): Promise<PinnedQuestion> {
  const dataset = catalog.find(pin.dataset);
  const { from, to, series, key, locations, asOf, gate } = pin;
  const { chunkMs, gates, ...frozenMeta } = pin.frozen as unknown as Frozen;
  const days = chunkMs !== undefined && from && to ? daysBetween(from, to, frozenMeta.time_zone) : null;
  const knowledge = knowledgeOf(gate ?? undefined, asOf, frozenMeta.time_zone);
  const { personal } = caller;
  const rows = { dataset, from, to, series, key, areas: locations, knowledge, personal };
  const question: Question = { ...rows, days, asOf, gate: gate ?? undefined };
  await assertSame(sql, pin, question);
  const meta: Meta = {
    ...{ dataset: pin.dataset, pin: pin.id, latest: false, ...frozenMeta },
    ...{ from: from?.toISOString() ?? null, to: to?.toISOString() ?? null, as_of: asOf.toISOString() },
    ...(key === null ? {} : { key }),
    ...(locations === null ? {} : { locations: [...locations] }),
    ...(gate === null ? {} : { gate, ...gates }),
  };
  return { question, chunkMs, meta };
}

function daysBetween(from: Date, to: Date, timeZone: string) {
  return { first: dayAt(from.getTime(), timeZone), last: dayAt(to.getTime() - 1, timeZone) };
}

async function assertSame(sql: Sql, pin: Pin, question: Question): Promise<void> {
  const fingerprint = await feedFingerprint(sql, pin.dataset, question.days, pin.asOf);
  if (fingerprint === pin.fingerprint) return;
  // Something was rebuilt or arrived late; that need not affect these rows.
  const { digest } = await rowsDigest(sql, question);
  if (digest === pin.digest) return;
  throw new Problem(
    409,
    `what was known at ${pin.asOf.toISOString()} is not what it was when this pin was made: days of it were folded again, by another ` +
      'decoder or with answers that were missing then, or dropped because they are older than the dataset keeps. Make a new pin with POST /v1/pins',
    { faults: [{ field: 'pin', value: pin.id, hint: 'make a new one with POST /v1/pins' }] },
  );
}
