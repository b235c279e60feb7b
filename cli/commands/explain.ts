/** `tidemark explain`: traces a value back to its payload, run and checks, and a day back to its runs. */
import type { Command } from 'commander';
import { assertStored } from '../../db/queries/catalog/enabling.ts';
import { explanationsOf } from '../../db/queries/days/explanations.ts';
import type { StoredFinding } from '../../db/queries/days/quarantine.ts';
import type { PayloadFacts } from '../../db/queries/points/explain.ts';
import {
  type ExplainedVersion,
  explainPoint,
  type PointPlace,
} from '../../db/queries/points/explain-point.ts';
import { describeExplanation, type Explanation } from '../../domain/dataset/explained.ts';
import type { PointDataset } from '../../domain/dataset/points.ts';
import { dayAt } from '../../domain/time/civil-day.ts';
import { readDay, readInstant, refuseUnknownSeries, seriesDataset } from '../arguments.ts';
import type { CliContext, Run } from '../context.ts';
import { explainDay } from '../explain-day.ts';
import { instant } from '../table.ts';
import { UsageError } from '../usage-error.ts';

interface Options {
  readonly series?: string;
  readonly at?: string;
  readonly day?: string;
  readonly json?: true;
}

export function explainCommand(command: Command, run: Run): void {
  command
    .argument('<dataset>', 'id of a dataset')
    .option('--series <name>', 'series, as published; with --at')
    .option('--at <instant>', 'start of the interval, with offset, such as 2026-11-20T10:00:00Z')
    .option(
      '--day <day>',
      'instead: a delivery day with its findings, decisions, and every run with outcome and link',
    )
    .option('--json', 'print JSON')
    .action((dataset: string, options: Options) =>
      run(options.json, (context) => explain(context, dataset, options)),
    );
}

interface LinkedVersion extends ExplainedVersion {
  /** The run that fetched it, in the Web UI. */
  readonly link: string | null;
}

interface ExplainedValue {
  readonly dataset: string;
  readonly series: string;
  readonly startsAt: Date;
  readonly unit: string;
  readonly versions: readonly LinkedVersion[];
  readonly findings: readonly StoredFinding[];
  /** What records of other datasets say about its day. */
  readonly explanations: readonly Explanation[];
}

async function explain(context: CliContext, name: string, { series, at, day }: Options): Promise<number> {
  const { id } = context.catalog.find(name);
  if (day !== undefined && series === undefined && at === undefined) {
    const known = readDay('--day', day);
    await assertStored(context.database(), id);
    await explainDay(context, id, known);
  } else if (day === undefined && series !== undefined && at !== undefined)
    await explainValue(context, seriesDataset(context.catalog, id), series, at);
  else throw new UsageError('say what: a value with --series and --at, or a day with --day 2026-11-20');
  return 0;
}

async function explainValue(
  context: CliContext,
  dataset: PointDataset,
  series: string,
  at: string,
): Promise<void> {
  const { id } = dataset;
  const startsAt = readInstant('--at', at);
  await assertStored(context.database(), id);
  await context.noteSimulated(id);
  const explained = await explainPoint(context.database(), dataset, series, startsAt);
  if (!explained) await refuseUnknownSeries(context.database(), id, [series]);
  const day = dayAt(startsAt.getTime(), dataset.source.timeZone);
  const explanations = await explanationsOf(context.database(), context.catalog.all, id, day);
  if (!explained) {
    const nothing = `nothing is known of ${series} at ${startsAt.toISOString()} in ${id}`;
    throw new UsageError([nothing, ...explanations.map(describeExplanation)].join('\n  '));
  }
  const { findings } = explained;
  const versions = explained.versions.map((version) => withLink(context, version));
  const explanation: ExplainedValue = {
    dataset: id,
    series,
    startsAt,
    unit: dataset.unit,
    versions,
    findings,
    explanations,
  };
  context.print(explanation, () => describe(explanation));
}

function withLink(context: CliContext, version: ExplainedVersion): LinkedVersion {
  const { workflowId = null, runId = null } = version.payload ?? {};
  return { ...version, link: workflowId === null ? null : context.link(workflowId, runId ?? undefined) };
}

function describe({
  dataset,
  series,
  startsAt,
  unit,
  versions,
  findings,
  explanations,
}: ExplainedValue): string {
  return [
    `${series} at ${instant(startsAt)} in ${dataset}`,
    ...(versions.length === 0 ? ['no value was written'] : []),
    ...versions.map((version) => describeVersion(version, unit)),
    ...explanations.map(describeExplanation),
    findings.length === 0 ? 'checks: nothing was found' : 'checks:',
    ...findings.map(
      (f) => `  ${f.severity} ${f.rule} (${f.resolution}, payload ${f.payloadId ?? '-'}): ${f.reason}`,
    ),
  ].join('\n');
}

function describeVersion({ value, knownFrom, knownTo, link, ...from }: LinkedVersion, unit: string): string {
  const until = knownTo === null ? 'still' : instant(knownTo);
  const { payload } = from;
  const known = `${value === null ? 'null' : `${value} ${unit}`}: known from ${instant(knownFrom)} to ${until}`;
  if (!payload) return known;
  const lines = linesOf(payload, from);
  return [known, ...lines, `run by ${payload.trigger}: ${payload.workflowId}`, `${link}`].join('\n  ');
}

function linesOf(payload: PayloadFacts, from: Pick<LinkedVersion, keyof PointPlace | 'inputs'>): string[] {
  if (from.inputs.length > 0) return ofComputed(payload, from);
  return payload.firstLine === null ? ofAnswer(payload, from) : ofFile(payload, from);
}

function ofComputed(
  payload: PayloadFacts,
  { place, inputs }: Pick<LinkedVersion, 'place' | 'inputs'>,
): string[] {
  const { fetchedAt, lastSeenAt, seenCount, decoderVersion } = payload;
  return [
    `${factsOf(payload)}; the value stands at ${place ?? 'no known place'}`,
    `computed ${instant(fetchedAt)}, the same ${seenCount} times, last ${instant(lastSeenAt)}, decoder version ${decoderVersion}, from:`,
    ...inputs.flatMap(({ dataset, day, payloads }) => [
      `  ${dataset} of ${day}`,
      ...payloads.map((each) => `    ${factsOf(each)}: ${whereOf(each)}`),
    ]),
  ];
}

function whereOf({ url, firstLine, byteFrom, byteTo, fetchedAt }: PayloadFacts): string {
  return firstLine === null
    ? `${url}, fetched ${instant(fetchedAt)}`
    : `bytes ${byteFrom} to ${byteTo} of ${url}`;
}

function ofAnswer(payload: PayloadFacts, { place }: PointPlace): string[] {
  const { fetchedAt, lastSeenAt, seenCount, decoderVersion } = payload;
  return [
    `${factsOf(payload)}, HTTP ${payload.status}; the value stands at ${place ?? 'no known place'}`,
    `requested ${payload.url}`,
    `fetched ${instant(fetchedAt)}, seen ${seenCount} times, last ${instant(lastSeenAt)}, decoder version ${decoderVersion}`,
  ];
}

function ofFile(payload: PayloadFacts, { place, raw, unread }: PointPlace): string[] {
  const { url, byteFrom, byteTo, fetchedAt, seenCount, lastSeenAt } = payload;
  return [
    `${factsOf(payload)}: bytes ${byteFrom} to ${byteTo} of ${url}`,
    unread === null
      ? `the value stands at ${place ?? 'no known place'}`
      : `its line cannot be shown: ${unread}`,
    ...(raw?.split('\n').map((line) => `  ${line}`) ?? []),
    `loaded ${instant(fetchedAt)}, seen ${seenCount} times, last ${instant(lastSeenAt)}`,
  ];
}

function factsOf({ id, part, sizeBytes, sha256 }: PayloadFacts): string {
  return `payload ${id}${part === '' ? '' : ` (${part})`}: ${sizeBytes} bytes, sha256 ${sha256.slice(0, 16)}…`;
}
