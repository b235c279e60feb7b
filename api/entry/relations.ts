/** The three relations of a dataset with their columns, as the catalogue entry describes them (docs/sql.md has the same). */
import { hasRollups } from '../../domain/dataset/dataset.ts';
import type { PointDataset } from '../../domain/dataset/points.ts';
import { relationNames } from '../../domain/dataset/relation-names.ts';

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly meaning: string;
}

export interface Relation {
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
