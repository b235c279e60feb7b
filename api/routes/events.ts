/** `POST /v1/events/{dataset}`: takes records or points line by line. Answered once they are committed; readable a moment later. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { transaction } from '../../db/connection/client.ts';
import { addToInbox } from '../../db/queries/payloads/inbox.ts';
import { isOfRecords, isPushed, type PushedDataset } from '../../domain/dataset/dataset.ts';
import { unitAt } from '../../domain/dataset/records.ts';
import { capFindings, type Finding } from '../../domain/interpret/finding.ts';
import { quarantinedLines } from '../../domain/interpret/interpret-records.ts';
import { summary } from '../days/operator-schemas.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { Problem, problems } from '../http/problem.ts';
import { maySee } from '../limits/access.ts';
import { InboxRoom, wakeDrains } from '../records/inbox.ts';
import { CSV, NDJSON, type SentLines, sentLines } from '../records/lines-body.ts';
import { datasetId } from '../schemas.ts';

const MOST_BYTES = 8 * 1024 * 1024;

const body = z
  .unknown()
  .describe(
    'one record or point, a list of them, one in each line (application/x-ndjson), or CSV whose first line names the columns (text/csv); ' +
      'docs/events.md has the fields of events; a point has series, starts_at and value',
  );
const taken = z
  .object({
    accepted: z.int().describe('number of lines that were read and committed'),
    rejected: z
      .array(
        z.object({
          line: z.int().describe('counted from 1; in a list, the position'),
          id: z.string().nullable().describe('what the line is about, if known'),
          rule: z.string(),
          reason: z.string(),
        }),
      )
      .describe(
        'the first hundred of each rule; these lines are stored too, in quarantine, until someone fixes or waives them',
      ),
    summary,
  })
  .meta({ id: 'TakenEvents' });

export function eventRoutes(api: Api, deps: ApiDependencies): void {
  const room = new InboxRoom(deps.database);
  const wake = wakeDrains(deps);
  api.addHook('onClose', async () => wake.stop());
  api.post(
    '/v1/events/:dataset',
    {
      bodyLimit: MOST_BYTES,
      config: { access: 'operator', audited: false, takesLines: true, rateLimit: false },
      schema: {
        tags: ['events'],
        summary: 'Send records or points',
        description:
          'Answered once the lines are committed: acknowledged lines are never lost, and a request without an answer can be repeated ' +
          'as often as necessary. Unreadable lines are reported at once and become findings. While processing lags, answers take up to a second longer. ' +
          '503: the inbox is full; send again later.',
        consumes: ['application/json', NDJSON, CSV],
        params: z.strictObject({ dataset: datasetId }),
        body,
        response: { 202: taken, ...problems(403, 404, 409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const dataset = streamOf(deps, request, request.params.dataset);
      const sent = sentLines(request, dataset.push.lines.isHeader);
      await room.assertRoom(dataset.id);
      const entry = { dataset: dataset.id, keyId: request.caller.id, ...sent };
      await transaction(deps.database, (sql) => addToInbox(sql, entry));
      wake(dataset.id, request.log);
      // The lines are committed: a failure here must not make the sender send them again.
      await room.slow(dataset.id).catch(() => {});
      return reply.code(202).send(understood(dataset, sent, deps.now()));
    },
  );
}

/** @throws Problem 404, both where it does not exist and where the caller may not see it; 422 */
function streamOf({ catalog }: ApiDependencies, { caller }: FastifyRequest, id: string): PushedDataset {
  const visible = catalog.all.filter((dataset) => maySee(caller, dataset));
  const streams = visible.filter(isPushed);
  const hint = `send to ${streams.map((dataset) => dataset.id).join(' or ') || 'none: no dataset takes lines'}`;
  const faults = [{ field: 'dataset', value: id, hint }];
  if (!visible.some((dataset) => dataset.id === id))
    throw new Problem(404, `no dataset "${id.slice(0, 200)}"; ${hint}`, { faults });
  const found = streams.find((dataset) => dataset.id === id);
  if (found) return found;
  throw new Problem(422, `${id} takes no lines; ${hint}`, { faults });
}

/** The result for each line, as far as it can be checked without stored data. */
function understood(
  dataset: PushedDataset,
  { lines, bytes, before }: SentLines,
  now: Date,
): z.output<typeof taken> {
  const findings = unreadable(dataset, bytes, now);
  const refused = findings.reduce((sum, { points }) => sum + points, 0);
  const rejected = findings.flatMap(({ place, series, rule, reason }) => {
    const [, line] = /^line (\d+)$/.exec(place ?? '') ?? [];
    return line === undefined ? [] : [{ line: Number(line) - before, id: series, rule, reason }];
  });
  rejected.sort((a, b) => a.line - b.line);
  return { accepted: lines - refused, rejected, summary: summaryOf(lines - refused, refused) };
}

/** Lines may belong to many days, so points off the grid of their day and findings of checks are not reported here. */
function unreadable(dataset: PushedDataset, bytes: Buffer, now: Date): readonly Finding[] {
  if (isOfRecords(dataset)) return quarantinedLines(dataset, unitAt(dataset, now.getTime()), bytes);
  return capFindings(dataset.push.decode(bytes).findings);
}

function summaryOf(accepted: number, refused: number): string {
  const safe = accepted === 1 ? '1 line is safe' : `${accepted} lines are safe`;
  if (refused === 0) return safe;
  return `${safe}; ${refused === 1 ? '1 cannot be read and is' : `${refused} cannot be read and are`} kept in quarantine`;
}
