/** The three relations of a dataset with their columns, as the catalogue entry describes them (docs/sql.md has the same). */
import { hasRollups, isPulledPoints } from '../../domain/dataset/dataset.ts';
import type { PointDataset } from '../../domain/dataset/points.ts';
import { relationNames } from '../../domain/dataset/relation-names.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { momentOf } from '../../domain/time/delivery-day.ts';

interface Column {
  readonly name: string;
  readonly type: string;
  readonly meaning: string;
}

interface Relation {
  /** As it stands in SQL. */
  readonly relation: string;
  readonly meaning: string;
  readonly columns: readonly Column[];
}

export function relationsOf(dataset: PointDataset): Relation[] {
  const { id, unit, source, retentionDays } = dataset;
  const { schema, table, versions, asOf, atGate } = relationNames(id);
  const before = [
    column('delivery_day', 'date', `calendar day of ${source.timeZone}; 23, 24 or 25 hours`),
    column('starts_at', 'timestamp with time zone', 'start of the interval'),
    column(
      'ends_at',
      'timestamp with time zone',
      'end of the interval, also before a gap; null where its length is not known',
    ),
    column('series', 'text', 'key, as published'),
    column('value', 'double precision', `${unit}; null was published as null, an absent point has no row`),
  ];
  const knownAt = column(
    'known_at',
    'timestamp with time zone',
    'since when it can be read, by the clock of the database',
  );
  const period = [
    column('known_from', 'timestamp with time zone', `${knownAt.meaning}; half-open with known_to`),
    column('known_to', 'timestamp with time zone', 'when it was overtaken; null while it is current'),
  ];
  const payload = column('payload_id', 'bigint', 'the answer that brought it: /v1/payloads/{id}');
  const latest = [...before, knownAt, payload];
  const kept = retentionDays === null ? 'kept permanently' : `kept for ${retentionDays} days`;
  return [
    { relation: `${schema}.${table}`, meaning: 'the latest knowledge, one row per point', columns: latest },
    {
      relation: `${schema}.${versions}`,
      meaning: `every version, one row per point and period of knowledge; ${kept}`,
      columns: [...before, ...period, payload],
    },
    {
      relation: `${schema}.${asOf}(at timestamp with time zone)`,
      meaning: 'the rows of the first relation as they stood at that instant',
      columns: latest,
    },
    {
      relation: `${schema}.${atGate}(gate text)`,
      meaning: 'the rows as they were known at a time relative to each delivery day, such as D-1T12:00',
      columns: latest,
    },
    ...(hasRollups(dataset) ? rollupsOf(dataset) : []),
  ];
}

function rollupsOf({ id, unit, source }: PointDataset): Relation[] {
  const { schema, hourly, daily } = relationNames(id);
  const day = column('delivery_day', 'date', `calendar day of ${source.timeZone}`);
  const series = column('series', 'text', 'key, as published');
  const start = (meaning: string) => column('starts_at', 'timestamp with time zone', meaning);
  const figures = [
    column('count', 'integer', 'points that have a value'),
    ...(['sum', 'avg', 'min', 'max', 'first', 'last'] as const).map((name) =>
      column(name, 'double precision', `${unit}; of the values, null where there is none`),
    ),
  ];
  return [
    {
      relation: `${schema}.${hourly}`,
      meaning: 'the latest knowledge by UTC hour, one row per series and hour that has points',
      columns: [
        day,
        start('the hour; where a day begins within one, the start of the day'),
        series,
        ...figures,
      ],
    },
    {
      relation: `${schema}.${daily}`,
      meaning: 'the latest knowledge by delivery day, one row per series and day that has points',
      columns: [
        ...[day, start('first instant of the day')],
        column('ends_at', 'timestamp with time zone', 'first instant of the next day'),
        series,
        column('step_seconds', 'integer', 'length of the intervals on that day'),
        column('offset_seconds', 'integer', 'from the start of the day to that of its first interval'),
        column('published', 'integer', 'points that were published, with a value or as null'),
        ...figures,
      ],
    },
  ];
}

function column(name: string, type: string, meaning: string): Column {
  return { name, type, meaning };
}

export interface SampleQuery {
  readonly question: string;
  readonly sql: string;
  readonly curl: string;
  readonly python: string;
  readonly r: string;
}

interface SampleScope {
  readonly dataset: PointDataset;
  /** A day that has points, where there is one. */
  readonly day: CivilDay;
  /** Where this API is, without trailing slash. */
  readonly baseUrl: string;
  /** Whether reading needs a key. */
  readonly needsKey: boolean;
  /** When the data last changed; null where it never did. */
  readonly changedAt: Date | null;
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
    return changedAt
      ? [changedAt.toISOString(), 'when something last changed']
      : [now.toISOString(), 'when this was shown'];
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
