/** `tidemark dataset try`: what a definition makes of an answer. Needs no servers. */
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { answerOfRecording, recordingsOf } from '../../datasets/recordings.ts';
import { isPulledPoints } from '../../domain/dataset/dataset.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import type { Answer } from '../../domain/dataset/pull.ts';
import type { RecordDataset } from '../../domain/dataset/records.ts';
import type { Finding } from '../../domain/interpret/finding.ts';
import { answerToDay, interpret } from '../../domain/interpret/interpret.ts';
import { interpretRecords, type RecordInterpretation } from '../../domain/interpret/interpret-records.ts';
import { dayAt } from '../../domain/time/civil-day.ts';
import { deliveryInterval, expectedPoints, today } from '../../domain/time/delivery-day.ts';
import { doubtsAbout } from '../../kit/testing/recorded/doubts.ts';
import { readDay } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { table } from '../table.ts';
import { UsageError } from '../usage-error.ts';
import { type Named, namedDataset } from './definition.ts';

export interface TryOptions {
  readonly body?: string;
  readonly day?: string;
  readonly part?: string;
  readonly json?: true;
}

interface Tried {
  readonly day: string;
  readonly body: Uint8Array;
  /** What the decoder is given besides the body. */
  readonly about: Partial<Answer>;
  /** Names it for people. */
  readonly origin: string;
}

const MOST_ROWS = 12;

/** @returns 1 where something would be quarantined, or points are missing */
export async function tryDataset(context: CliContext, file: string, options: TryOptions): Promise<number> {
  const named = await namedDataset(context, file);
  const { dataset } = named;
  const answer = await answerOf(context, named, options);
  const isWider = options.body === undefined ? {} : ({ isWider: true } as const);
  const recorded = { unit: answer.day, content: answer.body, about: answer.about, ...isWider };
  const doubts = async (of: PulledPoints | RecordDataset) => await doubtsAbout(of, recorded);
  if (isPulledPoints(dataset)) return tryPoints(context, dataset, answer, await doubts(dataset));
  if (dataset.shape === 'records') return tryRecords(context, dataset, answer, await doubts(dataset));
  throw new UsageError(
    `${dataset.id} comes in files: "tidemark load ${dataset.id} FILE --preview" shows what would be read`,
  );
}

async function answerOf(
  context: CliContext,
  { dataset, file, example }: Named,
  options: TryOptions,
): Promise<Tried> {
  const stated = options.day === undefined ? undefined : readDay('--day', options.day);
  const about = options.part === undefined ? {} : { part: options.part };
  if (options.body !== undefined) {
    const body = await readBody(context, options.body);
    const day = stated ?? dayOf(named(dataset), body);
    return { body, day, about, origin: basename(options.body) };
  }
  const found = await recordingsOf(file, dataset);
  const recording = found.findLast(
    ({ unit, part }) => (stated ?? unit) === unit && (options.part ?? part) === part,
  );
  if (recording) {
    const { unit: day, part, content: body } = recording;
    const origin = `the recording of ${day}${part === '' ? '' : ` (${part})`}`;
    return { body, day, about: answerOfRecording(recording), origin };
  }
  if (!example)
    throw new UsageError(
      `there is nothing to try ${dataset.id} with: give --body FILE, or "tidemark dataset record ${dataset.id} --day ${stated ?? '2026-11-20'}"`,
    );
  const day = stated ?? today(dataset, Date.now());
  return { body: example.answer(deliveryInterval(dataset, day)), day, about, origin: 'its example' };
}

/** @throws UsageError for a file that is not there */
export async function readBody({ io }: CliContext, path: string): Promise<Uint8Array> {
  return await readFile(resolve(io.folder, path)).catch(() => {
    throw new UsageError(`--body is "${path}": there is no such file`);
  });
}

/** The day of most points of a body, which names it. @throws UsageError where it does not */
function dayOf(dataset: PulledPoints | undefined, body: Uint8Array): string {
  const days = dataset ? daysIn(dataset, body, NEWEST_UNIT) : [];
  const counts = new Map<string, number>();
  for (const day of days) counts.set(day, (counts.get(day) ?? 0) + 1);
  const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
  // A body that does not name its day is read as any requested day.
  const isNamed = dataset && daysIn(dataset, body, OLDEST_UNIT).includes(most?.[0] ?? '');
  if (most && isNamed) return most[0];
  throw new UsageError('--day is missing: the body does not say of which delivery day it is');
}

const [OLDEST_UNIT, NEWEST_UNIT] = ['2000-01-01', '2001-01-01'];

function daysIn(dataset: PulledPoints, body: Uint8Array, unit: string): string[] {
  try {
    const { points } = dataset.pull.decode(body, answerToDay(dataset, unit));
    return points.map(({ startsAtMs }) => dayAt(startsAtMs, dataset.source.timeZone));
  } catch {
    return [];
  }
}

function named(dataset: Named['dataset']): PulledPoints | undefined {
  return isPulledPoints(dataset) ? dataset : undefined;
}

function tryPoints(
  context: CliContext,
  dataset: PulledPoints,
  { day, body, origin, about }: Tried,
  doubts: readonly string[],
): number {
  const answer = answerToDay(dataset, day, about);
  const read = interpret(dataset, day, body, undefined, answer);
  const { kind, points, quarantined, findings } = read;
  const series = new Set([...points, ...quarantined].map((point) => point.series)).size;
  const valued = points.filter(({ value }) => value !== null);
  const seen = new Set(valued.map((point) => point.series)).size;
  const expected = read.expectedPoints ?? expectedPoints(dataset, day, seen);
  const request = dataset.pull.request(answer.window, { part: answer.part, settings: {} });
  const result = {
    ...{ dataset: dataset.id, day, from: origin, request, kind, points: points.length, expected, series },
    ...{
      nulls: points.length - valued.length,
      quarantined: quarantined.length,
      findings,
      doubts,
    },
  };
  const rows = points
    .slice(0, MOST_ROWS)
    .map(({ startsAtMs, series: name, value }) => [
      new Date(startsAtMs).toISOString().replace('.000Z', 'Z'),
      ...[name, value ?? 'null'],
    ]);
  context.print(result, () =>
    [
      `${dataset.id}, ${day}, from ${origin}`,
      `  requested as ${request.path}?${new URLSearchParams(request.query)}`,
      `  ${points.length} points of ${series} series, ${expected} with a value are expected; ${result.nulls} are null, ${quarantined.length} quarantined`,
      ...findingLines(findings),
      ...doubtLines(doubts),
      ...(rows.length > 0 ? ['', table(['starts at', 'series', 'value'], rows)] : []),
      ...(points.length > rows.length
        ? [`and ${points.length - rows.length} more (--json shows counts alone)`]
        : []),
    ].join('\n'),
  );
  return kind === 'points' && valued.length >= expected && !findings.some(isBlocking) ? 0 : 1;
}

function tryRecords(
  context: CliContext,
  dataset: RecordDataset,
  { day, body, origin }: Tried,
  doubts: readonly string[],
): number {
  const { kind, records, findings }: RecordInterpretation = interpretRecords(dataset, day, body);
  const rows = records
    .slice(0, MOST_ROWS)
    .map(({ key, startsAtMs, version, body: recordBody }) => [
      ...[key, new Date(startsAtMs).toISOString(), version],
      (recordBody ?? 'withdrawn').slice(0, 80),
    ]);
  context.print(
    { dataset: dataset.id, day, from: origin, kind, records: records.length, findings, doubts },
    () =>
      [
        `${dataset.id}, ${day}, from ${origin}`,
        `  ${records.length} records`,
        ...findingLines(findings),
        ...doubtLines(doubts),
        ...(rows.length > 0 ? ['', table(['key', 'starts at', 'version', 'fields'], rows)] : []),
        ...(records.length > rows.length ? [`and ${records.length - rows.length} more`] : []),
      ].join('\n'),
  );
  return kind !== 'refused' && !findings.some(isBlocking) ? 0 : 1;
}

function isBlocking({ severity }: Finding): boolean {
  return severity === 'block';
}

/** What the answer's own names and order say against the definition. */
function doubtLines(doubts: readonly string[]): string[] {
  return doubts.map((doubt) => `  check: ${doubt}`);
}

const MOST_FINDINGS = 20;

function findingLines(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return ['  no findings'];
  const shown = findings
    .slice(0, MOST_FINDINGS)
    .map(
      ({ severity, rule, reason, place }) => `  ${severity} ${rule}: ${reason}${place ? ` (${place})` : ''}`,
    );
  return findings.length > shown.length
    ? [...shown, `  and ${findings.length - shown.length} findings more`]
    : shown;
}
