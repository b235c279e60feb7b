/** `GET /v1/changes`: changes in the order in which they became known. `/stream`: the same, live. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { feedEndOf, feedPage, lastCursor } from '../../db/queries/answers/changes.ts';
import { whyRefused } from '../../domain/days/epoch.ts';
import { changeSchema } from '../data/answer-schemas.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { ChangeFeed } from '../feed/change-feed.ts';
import { KeyWatch, sendEvents } from '../feed/event-stream.ts';
import { problems, wrongField } from '../http/problem.ts';
import { visibleIds, visibleOfAnyKind } from '../limits/access.ts';
import { datasetId, instant, wholeNumber, wire } from '../schemas.ts';

const CHANGES_OF_A_PAGE = 1_000;
const MOST_CHANGES = 10_000;
const HEARTBEAT_MS = 15_000;
const PATIENCE_MS = 30_000;
/** After this the client reconnects by itself, and its key is checked again. */
const LONGEST_STREAM_MS = 3_600_000;

const cursor = wholeNumber(0, Number.MAX_SAFE_INTEGER);
const dataset = datasetId.optional().describe('default: every dataset that you may see');

const page = z
  .object({
    data: z.array(changeSchema).describe('oldest first'),
    next: z.int().describe('the cursor read up to: pass it as "since" next time, even when data is empty'),
    more: z.boolean().describe('there are more already'),
  })
  .meta({ id: 'Changes' });

export function changeRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/changes',
    {
      schema: {
        tags: ['changes'],
        summary: 'The change feed: one change for each answer that changed a day',
        description:
          'Resume with "next"; no change is ever missed, although changes are written concurrently.',
        querystring: z.strictObject({
          since: cursor.optional().describe('only changes after this cursor; default 0, the beginning'),
          known_from: instant.optional().describe('only changes that became known at this instant or later'),
          dataset,
          limit: wholeNumber(1, MOST_CHANGES).optional().describe(`default ${CHANGES_OF_A_PAGE}`),
        }),
        response: { 200: page, ...problems(422) },
      },
    },
    async (request) => {
      const { since = 0, limit = CHANGES_OF_A_PAGE, known_from: from } = request.query;
      const knownFrom = from === undefined ? null : new Date(from);
      const datasets = datasetsOf(deps, request, request.query.dataset);
      await refuseCursorOfElsewhere(deps, since);
      const read = await feedPage(deps.database, { since, datasets, limit, knownFrom });
      const more = read.readTo < read.end;
      return { data: wire(read.changes), next: read.readTo, more } as z.output<typeof page>;
    },
  );
  addStream(api, deps);
}

function addStream(api: Api, deps: ApiDependencies): void {
  const feed = new ChangeFeed(
    deps.database,
    deps.catalog.all.map(({ id }) => id),
  );
  const keys = new KeyWatch(deps.database, deps.now);
  api.addHook('preClose', async () => feed.close());
  api.get(
    '/v1/changes/stream',
    {
      config: { endless: true },
      schema: {
        tags: ['changes'],
        summary: 'The change feed as server-sent events',
        description:
          'The id of an event is the cursor; a client that reconnects with Last-Event-ID misses nothing. Without it and ' +
          'without "since" the stream begins with the next change.',
        querystring: z.strictObject({ since: cursor.optional(), dataset }),
        headers: z.looseObject({ 'last-event-id': cursor.optional() }),
        response: {
          200: {
            description: 'events for as long as the client stays',
            content: { 'text/event-stream': { schema: z.string().describe('each a Change') } },
          },
          ...problems(422),
        },
      },
    },
    async (request, reply) => {
      const datasets = datasetsOf(deps, request, request.query.dataset);
      const since =
        request.headers['last-event-id'] ?? request.query.since ?? (await lastCursor(deps.database));
      await refuseCursorOfElsewhere(deps, since);
      const end = endOf(reply);
      keys.add(end, request.caller);
      const pages = feed.read({ since, datasets, idleMs: HEARTBEAT_MS, ended: end.signal });
      return sendEvents(reply, pages, PATIENCE_MS);
    },
  );
}

/** Aborts when the client disconnects or the longest time has passed. */
function endOf({ raw }: FastifyReply): AbortController {
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), LONGEST_STREAM_MS).unref();
  raw.once('close', () => {
    clearTimeout(timer);
    end.abort();
  });
  return end;
}

/** @throws Problem 404 */
function datasetsOf(deps: ApiDependencies, request: FastifyRequest, id: string | undefined): string[] {
  if (id !== undefined) return [visibleOfAnyKind(deps, request, id).id];
  return visibleIds(deps, request);
}

/** @throws Problem 422 for a cursor beyond this database's feed, such as one from before a restore. */
async function refuseCursorOfElsewhere({ database }: ApiDependencies, since: number): Promise<void> {
  const why = whyRefused(since, await feedEndOf(database, since));
  if (why) throw wrongField('since', since, why, 422);
}
