/** The full catalogue entry: the dataset's definition, and its state by ledger, payloads and findings. */
import {
  type KeptPayloads,
  keptPayloads,
  openFindingsByRule,
  type RecentQuality,
  recentQuality,
} from '../../db/queries/catalog/figures.ts';
import { catalogIsSimulated } from '../../db/queries/catalog/instance.ts';
import { type DatasetOverview, datasetOverviews } from '../../db/queries/catalog/overview.ts';
import { isPulledPoints, isRunnable } from '../../domain/dataset/dataset.ts';
import { describeMoment, describePolling } from '../../domain/dataset/dataset-words.ts';
import { inputIdsOf } from '../../domain/dataset/input-faults.ts';
import type { PointDataset, PulledPoints } from '../../domain/dataset/points.ts';
import type { LocalMoment } from '../../domain/dataset/pull.ts';
import { tableNames, valueName } from '../../domain/dataset/relation-names.ts';
import { addDays, daysFrom } from '../../domain/time/civil-day.ts';
import { newestDay } from '../days/day-range.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { wire } from '../schemas.ts';
import { relationsOf, sampleQueries } from './relations.ts';

const QUALITY_DAYS = 30;
const DAY_MS = 86_400_000;

/** The entry without the facts that lists have. @param baseUrl where the caller reached this API. */
export async function entryOf(
  deps: ApiDependencies,
  dataset: PointDataset,
  baseUrl: string,
): Promise<{ overview: DatasetOverview | undefined; parts: unknown }> {
  const { database, access, now } = deps;
  const at = now();
  const due = await newestDay(deps, dataset);
  const range = { from: addDays(due, 1 - QUALITY_DAYS), to: due };
  const since = new Date(at.getTime() - QUALITY_DAYS * DAY_MS);
  const [[overview], payloads, recent, findings, simulated] = await Promise.all([
    datasetOverviews(database, dataset.id),
    keptPayloads(database, dataset.id),
    recentQuality(database, dataset.id, range, since),
    openFindingsByRule(database, dataset.id),
    catalogIsSimulated(database, dataset.id),
  ]);
  const day = overview?.lastDay ?? due;
  const parts = {
    ...definitionParts(dataset),
    simulated,
    lineage: lineageOf(dataset, payloads),
    freshness: freshnessOf(overview, recent, isPulledPoints(dataset) ? due : null, at),
    quality: { ...qualityOf(recent), openFindings: findings },
    links: linksOf(dataset),
    sampleQueries: sampleQueries({
      ...{ dataset, day, baseUrl, needsKey: access === 'keys' },
      changedAt: overview?.lastChangedAt ?? null,
      now: at,
    }),
  };
  return { overview, parts: wire(parts) };
}

function definitionParts(dataset: PointDataset) {
  const { decoderVersion, retentionDays } = dataset;
  return {
    decoderVersion,
    resolutionHistory: isRunnable(dataset) ? dataset.resolution : [],
    expectedSeriesHistory: isRunnable(dataset)
      ? dataset.expectedSeries.map(({ from, count }) => ({ from, series: count }))
      : [],
    retention: {
      days: retentionDays,
      text: retentionDays === null ? 'kept permanently' : `kept for ${retentionDays} days`,
    },
    calendar: isPulledPoints(dataset) ? calendarOf(dataset) : null,
    relations: relationsOf(dataset),
    plain: { tables: tableNames(dataset), value: valueName(dataset) },
  };
}

function calendarOf(dataset: PulledPoints) {
  const { publication, polling } = dataset.pull;
  const { source } = dataset;
  return {
    timeZone: source.timeZone,
    opens: inWords(publication.opens),
    expected: inWords(publication.expected),
    deadline: inWords(publication.deadline),
    polling: {
      ...polling,
      waiting: polling.waiting.map((each) => ({ ...each, from: inWords(each.from) })),
      text: describePolling(dataset),
    },
  };
}

function inWords(moment: LocalMoment) {
  return { ...moment, text: describeMoment(moment) };
}

function lineageOf(dataset: PointDataset, payloads: KeptPayloads) {
  const { id, title, link } = dataset.source;
  return {
    source: { source: id, title, link, quota: isPulledPoints(dataset) ? quotaOf(dataset) : null },
    inputs: inputIdsOf(dataset),
    payloads,
    dataset: {
      dataset: dataset.id,
      decoderVersion: dataset.decoderVersion,
      checks: (dataset.checks ?? []).map(({ rule, severity, summary }) => ({ rule, severity, summary })),
    },
    relations: relationsOf(dataset).map(({ relation }) => relation),
  };
}

function quotaOf({ source: { quota } }: PulledPoints): string {
  const { requests, windowMs, reservedForLive } = quota;
  return `${requests} requests in any ${windowMs / 1000} s, ${reservedForLive} of them for live polling`;
}

function freshnessOf(
  overview: DatasetOverview | undefined,
  { newestComplete }: RecentQuality,
  due: string | null,
  at: Date,
) {
  const { lastCheckedAt = null, lastChangedAt = null } = overview ?? {};
  return {
    lastCheckedAt,
    checkedSecondsAgo: lastCheckedAt && Math.round((at.getTime() - lastCheckedAt.getTime()) / 1000),
    lastChangedAt,
    newestCompleteDay: newestComplete,
    newestDueDay: due,
    daysBehind: newestComplete && due && Math.max(0, daysFrom(newestComplete, due)),
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

function linksOf({ id, link, source }: PointDataset): Record<string, string> {
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
