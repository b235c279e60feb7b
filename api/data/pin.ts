/** Pins: making one, and answering its question again with the same bytes or not at all. */
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Sql } from '../../db/connection/client.ts';
import { answerState } from '../../db/queries/answers/answer-state.ts';
import { feedFingerprint, findPin, type Pin, rowsDigest } from '../../db/queries/answers/pins.ts';
import type { Knowledge } from '../../db/queries/points/rows.ts';
import { isOfPoints } from '../../domain/dataset/dataset.ts';
import { dayAt } from '../../domain/time/civil-day.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { Problem, wrongField } from '../http/problem.ts';
import { maySee } from '../limits/access.ts';
import type { Meta } from '../schemas.ts';
import { metaOf } from './meta.ts';
import { earlier, gatesOf, rowSelection, type Selection } from './selection.ts';

/** What would move with the definition of the dataset or the code: kept as it was when the pin was made. */
interface Frozen {
  readonly unit: string;
  readonly time_zone: string;
  readonly simulated: boolean;
  readonly stretchMs: number;
}

/** A pin of a question as it stands. @throws Problem 422 when nothing is known that could be pinned. */
export async function pinOf(
  sql: Sql,
  selection: Selection,
  createdBy: string,
): Promise<Omit<Pin, 'createdAt'>> {
  const { dataset, from, to, days, gate = null } = selection;
  const state = await answerState(sql, dataset.id, days);
  const asOf = selection.asOf === null ? state.knownAt : earlier(selection.asOf, state.settledAt);
  if (asOf === null) throw wrongField('from', from.toISOString(), 'nothing is known of this range yet', 422);
  const { unit, time_zone, simulated } = metaOf(selection, state);
  const { stretchMs } = rowSelection(selection);
  const frozen: Frozen = { unit, time_zone, simulated, stretchMs };
  const series = selection.series && [...new Set(selection.series)].sort();
  const pinned = { ...selection, series, knowledge: knowledgeOf(selection, asOf, gate) };
  const { digest, rows } = await rowsDigest(sql, rowSelection(pinned));
  const content = JSON.stringify([dataset.id, from, to, series, asOf, gate, digest, frozen]);
  return {
    id: createHash('sha256').update(content).digest('base64url').slice(0, 16),
    ...{ dataset: dataset.id, from, to, series, asOf, gate, digest, rows, createdBy },
    frozen: { ...frozen },
    fingerprint: await feedFingerprint(sql, dataset.id, days, asOf),
  };
}

function knowledgeOf({ dataset }: Pick<Selection, 'dataset'>, asOf: Date, gate: string | null): Knowledge {
  if (gate === null) return { kind: 'as-of', at: asOf };
  return gatesOf(gate, dataset.source.timeZone, asOf);
}

/** @throws Problem 404, the same whether there is none or its dataset is not for this caller. */
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
    faults: [{ field: 'pin', value: id, cure: 'take it from the answer of POST /v1/pins, unchanged' }],
  });
}

export interface PinnedQuestion {
  readonly selection: Selection;
  readonly stretchMs: number;
  readonly meta: Meta;
}

/** The question of a pin, whose rows are those of the day it was made. @throws Problem 409 */
export async function pinnedQuestion(
  { catalog }: ApiDependencies,
  sql: Sql,
  pin: Pin,
): Promise<PinnedQuestion> {
  const dataset = catalog.find(pin.dataset);
  if (!isOfPoints(dataset)) throw new Error(`${pin.id} is a pin of ${dataset.id}, which has no series`);
  const { from, to, series, asOf, gate } = pin;
  const { stretchMs, ...said } = pin.frozen as unknown as Frozen;
  const days = {
    first: dayAt(from.getTime(), said.time_zone),
    last: dayAt(to.getTime() - 1, said.time_zone),
  };
  const knowledge = knowledgeOf({ dataset }, asOf, gate);
  const selection = { dataset, from, to, days, series, knowledge, asOf, gate: gate ?? undefined };
  await assertSame(sql, pin, selection);
  const meta: Meta = {
    ...{ dataset: pin.dataset, pin: pin.id, latest: false, ...said },
    ...{ from: from.toISOString(), to: to.toISOString(), as_of: asOf.toISOString() },
    ...(gate === null ? {} : { gate }),
  };
  return { selection, stretchMs, meta };
}

async function assertSame(sql: Sql, pin: Pin, selection: Selection): Promise<void> {
  const fingerprint = await feedFingerprint(sql, pin.dataset, selection.days, pin.asOf);
  if (fingerprint === pin.fingerprint) return;
  // Something was folded again or came late, which need not concern these rows.
  const { digest } = await rowsDigest(sql, rowSelection(selection));
  if (digest === pin.digest) return;
  throw new Problem(
    409,
    `what was known at ${pin.asOf.toISOString()} is not what it was when this pin was made: days of it were folded again, by another ` +
      'decoder or with answers that were missing then, or dropped because they are older than the dataset keeps. Make a new pin with POST /v1/pins',
    { faults: [{ field: 'pin', value: pin.id, cure: 'make a new one with POST /v1/pins' }] },
  );
}
