/** Ready-to-run sample queries for a dataset, in the languages that traders use. */

import { isPulledPoints } from '../../domain/dataset/dataset.ts';
import type { PointDataset } from '../../domain/dataset/points.ts';
import { relationNames } from '../../domain/dataset/relation-names.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { momentOf } from '../../domain/time/delivery-day.ts';

export interface SampleQuery {
  readonly question: string;
  readonly sql: string;
  readonly curl: string;
  readonly python: string;
  readonly r: string;
}

export interface SampleScope {
  readonly dataset: PointDataset;
  /** A day that has points, where there is one. */
  readonly day: CivilDay;
  /** Where this API is, without trailing slash. */
  readonly baseUrl: string;
  /** Whether reading needs a key. */
  readonly needsKey: boolean;
  /** When the data last changed. */
  readonly changedAt: Date;
  readonly now: Date;
}

export function sampleQueries(scope: SampleScope): SampleQuery[] {
  const { dataset, day } = scope;
  const { schema, table, asOf } = relationNames(dataset.id);
  const [instant, what] = pastInstant(scope);
  const range = { dataset: dataset.id, from: day, to: day };
  const rows = (relation: string) =>
    `select starts_at, ends_at, series, value, known_at\nfrom ${relation}\nwhere delivery_day = '${day}'\norder by starts_at, series;`;
  return [
    {
      question: `${day}, the latest knowledge`,
      sql: rows(`${schema}.${table}`),
      ...programs(scope, { ...range, format: 'csv' }),
    },
    {
      question: `${day} as it was known at ${instant}, ${what}`,
      sql: rows(`${schema}.${asOf}('${instant}')`),
      ...programs(scope, { ...range, as_of: instant, format: 'csv' }),
    },
  ];
}

/** A past instant for an as-of query, and what it stands for. */
function pastInstant({ dataset, day, changedAt, now }: SampleScope): [string, string] {
  const deadline = isPulledPoints(dataset) ? momentOf(dataset, day, dataset.pull.publication.deadline) : null;
  // One that lies ahead cannot be asked for yet.
  if (deadline === null || deadline > now.getTime())
    return [changedAt.toISOString(), 'when something last changed'];
  return [new Date(deadline).toISOString(), 'the publication deadline'];
}

function programs({ baseUrl, needsKey }: SampleScope, query: Readonly<Record<string, string>>) {
  const url = `${baseUrl}/v1/data?${new URLSearchParams(query)}`;
  return {
    curl: needsKey
      ? `curl --fail --header "Authorization: Bearer $TIDEMARK_KEY" "${url}"`
      : `curl --fail "${url}"`,
    python: python(url, needsKey),
    r: r(url, needsKey),
  };
}

function python(url: string, needsKey: boolean): string {
  const key = `storage_options={"Authorization": "Bearer " + os.environ["TIDEMARK_KEY"]}, `;
  return [
    ...(needsKey ? ['import os'] : []),
    'import pandas as pd',
    `url = "${url}"`,
    `data = pd.read_csv(url, ${needsKey ? key : ''}parse_dates=["starts_at", "ends_at", "known_at"])`,
  ].join('\n');
}

function r(url: string, needsKey: boolean): string {
  const key = `, headers = c(Authorization = paste("Bearer", Sys.getenv("TIDEMARK_KEY")))`;
  return [
    `data <- read.csv(url("${url}"${needsKey ? key : ''}))`,
    ...['starts_at', 'ends_at'].map(
      (name) => `data$${name} <- as.POSIXct(data$${name}, format = "%Y-%m-%dT%H:%M:%OSZ", tz = "UTC")`,
    ),
  ].join('\n');
}
