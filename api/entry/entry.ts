/** The full catalogue entry: what the dataset's file says, and how the dataset stands by ledger, payloads and findings. */
import { holidaysAround } from '../../db/holidays-around.ts';
import {
  type KeptPayloads,
  keptPayloads,
  openFindingsByRule,
  type RecentQuality,
  recentQuality,
} from '../../db/queries/figures.ts';
import { catalogIsSimulated } from '../../db/queries/instance.ts';
import { type DatasetOverview, datasetOverviews } from '../../db/queries/overview.ts';
import { describeMoment, describePolling } from '../../domain/calendar-words.ts';
import { addDays, daysFrom } from '../../domain/civil-day.ts';
import type { DatasetDefinition, LocalMoment } from '../../domain/dataset.ts';
import { newestDueDay, today } from '../../domain/delivery-day.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { wire } from '../schemas.ts';
import { relationsOf } from './relations.ts';
import { sampleQueries } from './sample-queries.ts';

const QUALITY_DAYS = 30;
const DAY_MS = 86_400_000;

/** Everything of the entry but the facts of the list. @param baseUrl where the caller reached this API. */
export async function entryOf(
  { database, access, now }: ApiDependencies,
  dataset: DatasetDefinition,
  baseUrl: string,
): Promise<{ overview: DatasetOverview | undefined; parts: unknown }> {
  const at = now();
  const holidays = await holidaysAround(database, dataset, today(dataset, at.getTime()), at);
  const due = newestDueDay(dataset, at.getTime(), holidays);
  const range = { from: addDays(due, 1 - QUALITY_DAYS), to: due };
  const since = new Date(at.getTime() - QUALITY_DAYS * DAY_MS);
  const [overviews, payloads, recent, findings, simulated] = await Promise.all([
    datasetOverviews(database),
    keptPayloads(database, dataset.id),
    recentQuality(database, dataset.id, range, since),
    openFindingsByRule(database, dataset.id),
    catalogIsSimulated(database),
  ]);
  const overview = overviews.find((row) => row.dataset === dataset.id);
  const day = overview?.lastDay ?? due;
  const parts = {
    ...definitionParts(dataset),
    simulated,
    lineage: lineageOf(dataset, payloads),
    freshness: freshnessOf(overview, recent, due, at),
    quality: { ...qualityOf(recent), openFindings: findings },
    links: linksOf(dataset),
    sampleQueries: sampleQueries({ dataset, day, baseUrl, needsKey: access === 'keys' }),
  };
  return { overview, parts: wire(parts) };
}

function definitionParts(dataset: DatasetDefinition) {
  const { decoderVersion, resolution, expectedSeries, retentionDays, publication, polling, source } = dataset;
  return {
    decoderVersion,
    resolutionHistory: resolution,
    expectedSeriesHistory: expectedSeries.map(({ from, count }) => ({ from, series: count })),
    retention: {
      days: retentionDays,
      text: retentionDays === null ? 'kept for ever' : `kept for ${retentionDays} days`,
    },
    calendar: {
      timeZone: source.timeZone,
      opens: inWords(publication.opens),
      expected: inWords(publication.expected),
      deadline: inWords(publication.deadline),
      polling: {
        ...polling,
        waiting: polling.waiting.map((each) => ({ ...each, from: inWords(each.from) })),
        text: describePolling(dataset),
      },
    },
    relations: relationsOf(dataset),
  };
}

function inWords(moment: LocalMoment) {
  return { ...moment, text: describeMoment(moment) };
}

function lineageOf(dataset: DatasetDefinition, payloads: KeptPayloads) {
  const { id, title, link, quota } = dataset.source;
  return {
    source: {
      source: id,
      title,
      link,
      quota: `${quota.requests} requests in any ${quota.windowMs / 1000} s, ${quota.reservedForLive} of them for live polling`,
    },
    payloads,
    dataset: {
      dataset: dataset.id,
      decoderVersion: dataset.decoderVersion,
      checks: dataset.checks.map(({ rule, severity, sentence }) => ({ rule, severity, sentence })),
    },
    relations: relationsOf(dataset).map(({ relation }) => relation),
  };
}

function freshnessOf(
  overview: DatasetOverview | undefined,
  { newestComplete }: RecentQuality,
  due: string,
  at: Date,
) {
  const { lastCheckedAt = null, lastChangedAt = null } = overview ?? {};
  return {
    lastCheckedAt,
    checkedSecondsAgo: lastCheckedAt && Math.round((at.getTime() - lastCheckedAt.getTime()) / 1000),
    lastChangedAt,
    newestCompleteDay: newestComplete,
    newestDueDay: due,
    daysBehind: newestComplete && Math.max(0, daysFrom(newestComplete, due)),
  };
}

function qualityOf({ complete, absent, revisions, revisedPoints, revisedDays }: RecentQuality) {
  const expected = QUALITY_DAYS - absent;
  return {
    days: QUALITY_DAYS,
    completeDays: complete,
    absentDays: absent,
    completeShare: expected === 0 ? null : complete / expected,
    ...{ revisions, revisedPoints, revisedDays },
  };
}

function linksOf({ id, link, source }: DatasetDefinition): Record<string, string> {
  const self = `/v1/datasets/${id}`;
  const query = new URLSearchParams({ dataset: id });
  return {
    self,
    series: `${self}/series`,
    days: `${self}/days`,
    coverage: `${self}/coverage`,
    statistics: `${self}/statistics`,
    data: `/v1/data?${query}`,
    findings: `/v1/findings?${query}`,
    changes: `/v1/changes?${query}`,
    about: link,
    source: source.link,
  };
}
