/** `GET /v1/datasets/{dataset}/days/{day}`: the history of a day, from its runs to what became of each answer. */

import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { changesOfDay } from '../../db/queries/answers/changes.ts';
import { decisionsOfDay } from '../../db/queries/days/decisions.ts';
import { explanationsOf } from '../../db/queries/days/explanations.ts';
import { readLedger } from '../../db/queries/days/ledger.ts';
import { worstFindings } from '../../db/queries/days/quarantine.ts';
import { type RunFacts, runsOfDay } from '../../db/queries/days/runs.ts';
import { payloadFactsOfDay } from '../../db/queries/points/explain.ts';
import { type Dataset, isOfPoints, isOfRecords, waysOf } from '../../domain/dataset/dataset.ts';
import { isGridded } from '../../domain/dataset/points.ts';
import { unitInterval } from '../../domain/dataset/records.ts';
import { DAY_STATES } from '../../domain/days/ledger.ts';
import { DECISION_VERBS } from '../../domain/interpret/decision.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { deliveryInterval, intervalStarts } from '../../domain/time/delivery-day.ts';
import { changeSchema, explanationSchema, findingSchema } from '../data/answer-schemas.ts';
import { isKnown, noBody } from '../data/send.ts';
import { modelParts } from '../dataset-facts.ts';
import { dayEntry, dayEntrySchema } from '../days/day-entry.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { notModified, problems } from '../http/problem.ts';
import { quoted, visibleAll, visibleOfAnyKind } from '../limits/access.ts';
import { datasetId, day, refuseOddYear, stamp, wire } from '../schemas.ts';
import { payloadEntry, payloadSchema } from './payloads.ts';

/** The most runs, findings and payloads listed, each: a day with more has a problem that the newest ones show. */
const MOST_ENTRIES = 1_000;

const run = z.object({
  trigger: z.enum(['schedule', 'backfill', 'person']),
  backfill_id: z.string().nullable(),
  workflow_id: z.string(),
  run_id: z.string(),
  started_at: stamp,
  finished_at: stamp.nullable(),
  outcome: z
    .enum(DAY_STATES)
    .nullable()
    .describe('the state it left the day in; null: in progress, or ended without a result'),
  error: z.string().nullable(),
  link: z.string().describe('in the Temporal Web UI'),
});

const decision = z.object({
  verb: z.enum(DECISION_VERBS),
  rule: z.string().nullable(),
  series: z.string().nullable(),
  starts_at: stamp.nullable(),
  finding_text: z.string().nullable().describe('text of the finding that was decided on'),
  decided_at: stamp,
  decided_by: z.string(),
  reason: z.string(),
});

const story = dayEntrySchema
  .extend({
    dataset: z.string(),
    time_zone: z.string(),
    ...modelParts,
    starts_at: stamp,
    ends_at: stamp,
    intervals: z
      .int()
      .nullable()
      .describe('23, 24 or 25 for an hourly dataset; null where each series has its own, and for records'),
    explanations: z
      .array(explanationSchema)
      .describe('what records of other datasets say about this day, such as a status page of the publisher'),
    runs: z.array(run).describe('newest first'),
    findings: z.array(findingSchema).describe(`those that need a decision first; at most ${MOST_ENTRIES}`),
    findings_total: z.int(),
    changes: z.array(changeSchema).describe('changes to the day, oldest first'),
    decisions: z.array(decision).describe('what people decided, oldest first'),
    payloads: z.array(payloadSchema).describe('newest first'),
  })
  .meta({ id: 'DayStory' });

export function dayRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/datasets/:dataset/days/:day',
    {
      schema: {
        tags: ['days'],
        summary: 'The history of a delivery day: runs, findings, changes, decisions, payloads',
        params: z.strictObject({ dataset: datasetId, day }),
        querystring: z.strictObject({}),
        response: { 200: story, ...notModified, ...problems(422) },
      },
    },
    async (request, reply) => {
      const dataset = visibleOfAnyKind(deps, request, request.params.dataset);
      refuseOddYear('day', request.params.day);
      const story = await storyOf(deps, request, dataset, request.params.day);
      if (isKnown(request, reply, story)) return reply.code(304).send(noBody(request));
      return story;
    },
  );
}

async function storyOf(
  deps: ApiDependencies,
  request: FastifyRequest,
  dataset: Dataset,
  day: CivilDay,
): Promise<z.output<typeof story>> {
  const { database: sql } = deps;
  const { id, source } = dataset;
  const [row, explanations, runs, { findings, total }, changes, decisions, payloads] = await Promise.all([
    readLedger(sql, id, day),
    explanationsOf(sql, visibleAll(deps, request), id, day),
    runsOfDay(sql, id, day, MOST_ENTRIES),
    worstFindings(sql, id, day, MOST_ENTRIES),
    changesOfDay(sql, id, day),
    decisionsOfDay(sql, { dataset: id, day }),
    payloadFactsOfDay(sql, id, day, MOST_ENTRIES),
  ]);
  const { startMs, endMs } = isOfRecords(dataset)
    ? unitInterval(dataset, day)
    : deliveryInterval(dataset, day);
  const intervals = isOfPoints(dataset) && isGridded(dataset) ? intervalStarts(dataset, day).length : null;
  return {
    ...dayEntry(deps, dataset, day, row),
    ...{
      dataset: id,
      time_zone: source.timeZone,
      shape: dataset.shape,
      ingestion: waysOf(dataset),
      intervals,
    },
    ...{ starts_at: new Date(startMs).toISOString(), ends_at: new Date(endMs).toISOString() },
    explanations: wire(explanations) as z.output<typeof explanationSchema>[],
    runs: runs.map((each) => runEntry(deps, each)),
    findings: wire(findings.map((each) => quoted(deps, request, id, each))) as z.output<
      typeof findingSchema
    >[],
    findings_total: total,
    changes: wire(changes) as z.output<typeof changeSchema>[],
    decisions: decisions.map(decisionEntry),
    payloads: payloads.map((each) => payloadEntry(deps, each)),
  };
}

function runEntry({ workflowLink }: ApiDependencies, facts: RunFacts): z.output<typeof run> {
  const link = workflowLink(facts.workflowId, facts.runId);
  return { ...(wire(facts) as z.output<typeof run>), link };
}

type StoredDecision = Awaited<ReturnType<typeof decisionsOfDay>>[number];

function decisionEntry({ verb, about, decidedAt, by, reason }: StoredDecision): z.output<typeof decision> {
  const startsAtMs = about?.startsAtMs ?? null;
  return {
    ...{ verb, reason, decided_by: by, decided_at: decidedAt.toISOString() },
    rule: about?.rule ?? null,
    series: about?.series ?? null,
    starts_at: startsAtMs === null ? null : new Date(startsAtMs).toISOString(),
    finding_text: about?.findingText ?? null,
  };
}
