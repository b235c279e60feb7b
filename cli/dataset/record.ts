/** `tidemark dataset record`: one request to the source, its answer kept beside the dataset with its provenance. */
import { resolve } from 'node:path';
import { keptHeaders } from '../../activities/ingest/kept-headers.ts';
import { requestSource } from '../../activities/ingest/source-client.ts';
import { sourceConfig } from '../../config/config.ts';
import { readingOf, recordingsFolder, storeRecording } from '../../datasets/recordings.ts';
import { isPulledPoints } from '../../domain/dataset/dataset.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import { credentialsOf, missingCredential } from '../../domain/dataset/settings.ts';
import { deliveryInterval } from '../../domain/time/delivery-day.ts';
import { readDay } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../usage-error.ts';
import { namedDataset } from './definition.ts';

export interface RecordOptions {
  readonly day: string;
  readonly part?: string;
  readonly folder?: string;
  readonly json?: true;
}

export async function recordDataset(
  context: CliContext,
  named: string,
  options: RecordOptions,
): Promise<number> {
  const day = readDay('--day', options.day);
  const { dataset, file } = await namedDataset(context, named);
  if (!isPulledPoints(dataset))
    throw new UsageError(`${dataset.id} is not requested day by day: there is no one answer to record`);
  const folder =
    options.folder === undefined
      ? recordingsFolder(file, dataset)
      : resolve(context.io.folder, options.folder);
  const recordings: string[] = [];
  for (const part of partsFor(context, dataset, day, options.part))
    recordings.push(await record(context, dataset, { day, part, folder }));
  context.print({ dataset: dataset.id, day, recordings }, () =>
    recordings.map((path) => `recorded ${dataset.id} of ${day}: ${path}`).join('\n'),
  );
  return 0;
}

function settingsFor(context: CliContext, { source }: PulledPoints) {
  const { baseUrls, sourceSettings } = sourceConfig([source], context.io.env);
  const settings = sourceSettings.get(source.id) ?? {};
  const missing = missingCredential(source, settings);
  if (missing !== undefined)
    throw new UsageError(`${source.title} answers nobody without a key: set ${missing}`);
  return { baseUrl: baseUrls.get(source.id) ?? source.baseUrl.default, settings };
}

/** The requests of a day: one, or one for each of its parts. @throws UsageError */
function partsFor(
  context: CliContext,
  dataset: PulledPoints,
  day: string,
  part: string | undefined,
): readonly string[] {
  const { settings } = settingsFor(context, dataset);
  const parts = dataset.pull.parts?.of(day, settings) ?? [''];
  if (part === undefined) return parts;
  if (parts.includes(part)) return [part];
  const there = parts.join(', ') || 'none: leave it out';
  throw new UsageError(`--part is "${part}": the parts of ${day} are ${there}`);
}

interface Wanted {
  readonly day: string;
  readonly part: string;
  readonly folder: string;
}

async function record(
  context: CliContext,
  dataset: PulledPoints,
  { day, part, folder }: Wanted,
): Promise<string> {
  const { source, pull } = dataset;
  const { baseUrl, settings } = settingsFor(context, dataset);
  const requestedAt = new Date().toISOString();
  const request = pull.request(deliveryInterval(dataset, day), { part, settings });
  const { url, status, headers, body } = await requestSource(baseUrl, request, {
    cancelled: new AbortController().signal,
    credentials: credentialsOf(source, settings),
    notPublished: pull.notPublished,
  });
  const kept = keptHeaders(headers);
  const about = { part, url, status, contentType: kept['content-type'] ?? null };
  const reading = readingOf(dataset, { unit: day, content: body, about });
  return await storeRecording(folder, body, {
    ...{ dataset: dataset.id, unit: day, part, url, requestedAt, status, headers: kept, reading },
  });
}
