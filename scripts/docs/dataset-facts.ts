/** What the reference says about a dataset, in short sentences. */
import {
  type Dataset,
  isDerived,
  isFiledPoints,
  isOfPoints,
  isOfRecords,
  isPulledPoints,
  isPulledRecords,
  isPushed,
} from '../../domain/dataset/dataset.ts';
import { effectiveOn, type Source, type SourceFacts } from '../../domain/dataset/facts.ts';
import { inputIdsOf } from '../../domain/dataset/input-faults.ts';
import { isGridded, type PointDataset, type PulledPoints } from '../../domain/dataset/points.ts';
import { linesOf, type RecordDataset } from '../../domain/dataset/records.ts';
import { valueName } from '../../domain/dataset/relation-names.ts';
import { code } from './markdown.ts';

/** How its data come, since when, and what is not usual about it. */
export function factsOf(dataset: Dataset): string[] {
  const { access, retentionDays, firstDay } = dataset;
  return [
    waysIn(dataset),
    `from ${firstDay}`,
    ...(access === 'open' ? [] : [access]),
    ...(retentionDays === null ? [] : [`kept for ${retentionDays} days`]),
    ...plainNames(dataset),
  ];
}

function waysIn(dataset: Dataset): string {
  return [
    ...(isPulledPoints(dataset) ? ['polled by day'] : []),
    ...(isPulledRecords(dataset) ? [pulledRecords(dataset)] : []),
    ...(dataset.files ? ['loaded from files'] : []),
    ...(isPushed(dataset) ? ['sent'] : []),
    ...(isDerived(dataset) ? [`computed from ${inputIdsOf(dataset).map(code).join(', ')}`] : []),
  ].join(' or ');
}

function pulledRecords({
  period,
  pull,
}: RecordDataset & { pull: { back: number; ahead: number; everyMinutes: number } }): string {
  return `polled by ${period}, ${pull.back} back to ${pull.ahead} ahead, each every ${pull.everyMinutes / 60} h`;
}

function plainNames(dataset: Dataset): string[] {
  if (!isOfPoints(dataset)) return [];
  const names = dataset.plain?.tables ?? [];
  const value = valueName(dataset);
  return [
    ...(names.length === 0 ? [] : [`also called ${names.map(code).join(', ')}`]),
    ...(value === 'value' ? [] : [`a value is ${code(value)} in plain calls`]),
  ];
}

/** Resolution, series and step of points; unit and meaning of silence of records. */
export function dayFacts(dataset: Dataset): string[] {
  if (isOfRecords(dataset)) return recordFacts(dataset);
  if (isGridded(dataset)) return [gridOf(dataset).join(', ')];
  return isFiledPoints(dataset)
    ? [
        `finest step ${dataset.finestSeconds} s`,
        `series ${code(dataset.files.onlySeries)} where a file names none`,
      ]
    : [];
}

/** `60 minutes × 132 series`, and from which day on anything else. */
function gridOf(dataset: PointDataset & { resolution: object; expectedSeries: object }): string[] {
  const { resolution, expectedSeries } = dataset as PulledPoints;
  const starts = [...new Set([...resolution, ...expectedSeries].map(({ from }) => from))].sort();
  return starts.map((from, i) => {
    const { minutes } = effectiveOn(resolution, from);
    const { count } = effectiveOn(expectedSeries, from);
    return `${i === 0 ? '' : `from ${from} `}${minutes} minutes × ${count} series`;
  });
}

function recordFacts(dataset: RecordDataset): string[] {
  const person = linesOf(dataset)?.person;
  return [
    dataset.silence === 'withdraw' ? 'absent records were withdrawn' : 'the highest version counts',
    ...(dataset.location ? ['a location may be a filter'] : []),
    ...(person ? [`persons erased by ${code(person.field)}`] : []),
  ];
}

export function fieldsOf({ fields }: RecordDataset): string {
  const items = fields.map(
    ({ name, type, personal, description }) =>
      `- ${code(name)}, ${type}${personal ? ', personal' : ''}: ${description}`,
  );
  return items.join('\n');
}

/** `; at most 100 requests in any 60 s, 10 of them only for live days; base URL JAO_BASE_URL` */
export function quotaOf(source: SourceFacts | Source): string {
  if (!('quota' in source)) return '';
  const { requests, windowMs, reservedForLive } = source.quota;
  return `; at most ${requests} requests in any ${windowMs / 1000} s, ${reservedForLive} of them for live days alone; ${code(source.baseUrl.setting)} replaces the base URL`;
}
