/** `POST /v1/events/{dataset}`: take records line by line. Answered when they are safe; they are readable a moment later. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ensureDrain } from '../../control/drains.ts';
import { addToInbox } from '../../db/queries/inbox.ts';
import { isOfRecords } from '../../domain/any-dataset.ts';
import { maySee } from '../access.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { InboxRoom } from '../inbox-room.ts';
import { NDJSON } from '../lines-body.ts';
import { sentence } from '../operator-schemas.ts';
import { Problem, problems } from '../problem.ts';
import { datasetId } from '../schemas.ts';

const MOST_BYTES = 8 * 1024 * 1024;
const DRAIN_EVERY_MS = 30_000;

const body = z
  .unknown()
  .describe(
    'one record, a list of them, or (application/x-ndjson) one in each line; docs/events.md has the fields',
  );
const taken = z
  .object({ accepted: z.int().describe('how many lines are safe now'), sentence })
  .meta({ id: 'TakenEvents' });

export function eventRoutes(api: Api, deps: ApiDependencies): void {
  const room = new InboxRoom(deps.database);
  const drain = drainOnce(deps);
  api.post(
    '/v1/events/:dataset',
    {
      bodyLimit: MOST_BYTES,
      config: { access: 'operator', audited: false, takesLines: true, rateLimit: false },
      schema: {
        tags: ['events'],
        summary: 'Send records',
        description:
          'Answered once they are committed: what was accepted is never lost, and what was not accepted can be sent again, ' +
          'as often as need be. Lines that cannot be read become findings. While what is sent is seen late the answer takes up to a second longer. ' +
          '503: the inbox is full; send again later.',
        consumes: ['application/json', NDJSON],
        params: z.strictObject({ dataset: datasetId }),
        body,
        response: { 202: taken, ...problems(403, 404, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const dataset = streamOf(deps, request, request.params.dataset);
      const { lines, bytes } = linesOf(request.body);
      await room.assertRoom(dataset);
      await addToInbox(deps.database, { dataset, keyId: request.caller.keyId, lines, bytes });
      drain(dataset, request);
      // They are safe: that the database does not say how long they wait is no reason to have them sent again.
      await room.slow(dataset).catch(() => {});
      return reply
        .code(202)
        .send({ accepted: lines, sentence: lines === 1 ? '1 line is safe' : `${lines} lines are safe` });
    },
  );
}

/** @throws Problem 404, the same whether it does not exist or is not for this caller; 422 */
function streamOf({ catalog }: ApiDependencies, { caller }: FastifyRequest, id: string): string {
  const visible = catalog.all.filter((dataset) => maySee(caller, dataset));
  const streams = visible.filter((dataset) => isOfRecords(dataset) && dataset.lines);
  const cure = `send to ${streams.map((dataset) => dataset.id).join(' or ') || 'none: no dataset takes records'}`;
  const faults = [{ field: 'dataset', value: id, cure }];
  if (!visible.some((dataset) => dataset.id === id))
    throw new Problem(404, `no dataset "${id.slice(0, 200)}"; ${cure}`, { faults });
  if (streams.some((dataset) => dataset.id === id)) return id;
  throw new Problem(422, `${id} takes no records line by line; ${cure}`, { faults });
}

/** @throws Problem 422 */
function linesOf(sent: unknown): { lines: number; bytes: Buffer } {
  const bytes = Buffer.isBuffer(sent) ? sent : Buffer.from(asLines(sent));
  const lines = countLines(bytes);
  if (lines === 0) throw new Problem(422, 'there is nothing in it: send at least one record');
  return { lines, bytes };
}

function asLines(sent: unknown): string {
  const records = Array.isArray(sent) ? sent : [sent];
  return records.map((record) => JSON.stringify(record ?? null)).join('\n');
}

const LINE_FEED = 10;

/** Lines that say something. */
function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(LINE_FEED, from);
    const to = end === -1 ? bytes.length : end;
    if (to > from) lines += 1;
    from = to + 1;
  }
  return lines;
}

/** Workers start the drain themselves; where it was ended by hand, what is sent starts it again. The sender does not wait. */
function drainOnce({ temporal }: ApiDependencies) {
  const startedMs = new Map<string, number>();
  return (dataset: string, { log }: FastifyRequest): void => {
    const nowMs = performance.now();
    if (nowMs - (startedMs.get(dataset) ?? Number.NEGATIVE_INFINITY) < DRAIN_EVERY_MS) return;
    startedMs.set(dataset, nowMs);
    temporal()
      .then((connected) => ensureDrain(connected, dataset))
      .catch((error: unknown) => log.warn({ err: error }, `drain:${dataset} could not be started`));
  };
}
