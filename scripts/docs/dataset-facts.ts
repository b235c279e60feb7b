/** What the reference says about any dataset. */
import { storageOf } from '../../db/migration/storage.ts';
import {
  type Dataset,
  isOfRecords,
  isPulledPoints,
  periodOf,
  type Way,
  waysOf,
} from '../../domain/dataset/dataset.ts';
import { inputIdsOf } from '../../domain/dataset/input-faults.ts';
import { tableNames, valueName } from '../../domain/dataset/plain-names.ts';
import { code } from './markdown.ts';

/** `jao_core.max_exchanges` */
export function relationOf(id: string): string {
  const { schema, table } = storageOf(id);
  return `${schema}.${table}`;
}

/** Where its data come from, in a few words. */
export function origin(dataset: Dataset): string {
  const unit = periodOf(dataset);
  const descriptions: Record<Way, string> = {
    pull: `its source is requested for each ${unit}`,
    files: `files: ${code(`tidemark load ${dataset.id} FILE`)}`,
    push: code(`POST /v1/events/${dataset.id}`),
    derive: `computed from ${inputIdsOf(dataset).map(code).join(' and ')}`,
  };
  return waysOf(dataset)
    .map((way) => descriptions[way])
    .join('; ');
}

export function factsOf(dataset: Dataset): string[][] {
  const { id, source, ...is } = dataset;
  return [
    ['relation', code(relationOf(id))],
    ['data come from', origin(dataset)],
    ['unit', is.unit],
    ...plainFacts(dataset),
    ['source', `[${source.title}](${source.link})`],
    ['about', is.link],
    ['owner, licence', `${is.owner}; ${is.licence}`],
    ['access', is.access],
    ['retention', is.retentionDays === null ? 'permanent' : `${is.retentionDays} days`],
    ['first delivery day', is.firstDay],
    ['delivery day', `calendar day of ${source.timeZone}`],
    ...quotaFacts(dataset),
    ['decoder version', String(is.decoderVersion)],
    ['days in a chunk', String(is.chunkDays)],
  ];
}

/** Its names in the plain calls of the API. */
function plainFacts(dataset: Dataset): string[][] {
  if (isOfRecords(dataset)) return [];
  const names = tableNames(dataset).map(code).join(', ');
  return [
    ['in plain calls', `${code('GET /data/{table}')} with ${names}; a value is ${code(valueName(dataset))}`],
  ];
}

function quotaFacts(dataset: Dataset): string[][] {
  if (!isPulledPoints(dataset)) return [];
  const { requests, windowMs, reservedForLive } = dataset.source.quota;
  const text = `${requests} requests in any ${windowMs / 1000} s, ${reservedForLive} of them for live polling`;
  return [['quota of the source', text]];
}
