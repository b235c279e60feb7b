/** `tidemark load --preview`: what a load would accept and refuse. Loads nothing and needs no servers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EndRow } from '../activities/files/end-rows.ts';
import { type FilePreview, previewFile } from '../activities/files/preview-file.ts';
import { previewRecords, type RecordsPreview } from '../activities/files/preview-records.ts';
import { type Dataset, isFiledPoints, isOfRecords } from '../domain/dataset/dataset.ts';
import type { FiledPoints } from '../domain/dataset/points.ts';
import { type FileForm, isWallClock } from '../domain/files/file-form.ts';
import { assertRecordsForm, DEFAULT_MAX_REFUSED } from '../domain/files/load.ts';
import { describePlace } from '../domain/lines/refusal.ts';
import type { CliContext } from './context.ts';
import { type FormOptions, filesOf, formOf, readWhole } from './files.ts';
import { table } from './table.ts';

const NAMES: Readonly<Record<string, string>> = { ',': 'comma', '.': 'point', '\t': 'tab' };
/** More days than these are not listed one by one. */
const MOST_DAYS = 10;

/** @returns the exit code: 1 where something would be refused. @throws Failure BAD_INPUT where the load would stop and ask */
export async function preview(
  context: CliContext,
  dataset: Dataset,
  given: readonly string[],
  options: FormOptions & { readonly maxRefused?: string },
): Promise<number> {
  const most =
    options.maxRefused === undefined
      ? DEFAULT_MAX_REFUSED
      : readWhole('--max-refused', options.maxRefused, 0);
  const input = await mkdtemp(join(tmpdir(), 'tidemark-preview-'));
  try {
    const previews: (FilePreview | RecordsPreview)[] = [];
    for (const file of await filesOf(given, { filesFolder: input }, context.io))
      previews.push(await previewOf(context, dataset, file, formOf(options)));
    context.print(previews, () => previews.map((each) => textOf(each, most)).join('\n\n'));
    return previews.every((each) => refusedOf(each) === 0) ? 0 : 1;
  } finally {
    await rm(input, { recursive: true, force: true });
  }
}

async function previewOf(
  { catalog }: CliContext,
  dataset: Dataset,
  file: string,
  form: Partial<FileForm>,
): Promise<FilePreview | RecordsPreview> {
  const others = catalog.all.filter(isFiledPoints);
  if (!isOfRecords(dataset)) return await previewFile(dataset as FiledPoints, file, form, others);
  assertRecordsForm({ form });
  return await previewRecords(dataset, file, { encoding: form.encoding, now: new Date() });
}

function refusedOf(preview: FilePreview | RecordsPreview): number {
  const units = 'units' in preview ? Object.values(preview.units) : preview.days;
  return units.reduce((sum, { refused }) => sum + refused, 0);
}

function textOf(preview: FilePreview | RecordsPreview, most: number): string {
  const { file, lines, sizeBytes, encoding } = preview;
  const converted = encoding === 'utf-8' ? '' : `, converted from ${encoding}`;
  return [
    `${file}: ${lines} lines, ${sizeBytes} bytes${converted}`,
    ...('units' in preview ? recordsTextOf(preview) : pointsTextOf(preview)),
    '',
    ...findingsOf(preview, most),
    'Nothing was loaded.',
  ].join('\n');
}

function recordsTextOf({ names, records, units, first, last }: RecordsPreview): string[] {
  const [days, shown] = [Object.entries(units), [first, last].filter((each) => each !== null)];
  return [
    names === null ? '  each line is JSON' : `  columns: ${names}`,
    `  ${records} records of ${days.length} ${days.length === 1 ? 'unit' : 'units'}`,
    ...(days.length > MOST_DAYS
      ? []
      : days.map(([day, each]) => `    ${day}: ${each.records} records, ${each.refused} refused`)),
    '',
    table(
      ['key', 'starts at', 'version', 'fields'],
      shown.map(({ key, startsAt, version, body }) => [
        key,
        startsAt.replace('.000Z', 'Z'),
        version,
        body ?? 'ended',
      ]),
    ),
  ];
}

function pointsTextOf(preview: FilePreview): string[] {
  const { first, last } = preview;
  const rows = [...first, ...last.filter(({ line }) => line > (first.at(-1)?.line ?? 0))];
  return [
    ...columnsOf(preview),
    ...formTextOf(preview),
    ...daysOf(preview),
    '',
    table(['line', 'text', 'starts at', 'series', 'value'], rows.map(cellsOf)),
  ];
}

function columnsOf({ names, form, series }: FilePreview): string[] {
  const count = Math.max(form.columns ?? 0, names?.length ?? 0);
  const about = Array.from({ length: count }, (_, column) => {
    const value = form.values.find((each) => each.column === column);
    if (column === form.timeColumn) return 'time';
    if (column === form.seriesColumn) return 'names of series';
    if (!value) return 'not read';
    return form.seriesColumn === null ? `values of ${value.series}` : 'values';
  });
  const columns = about.map(
    (what, i) => `  column ${i + 1}${names?.[i] ? ` ${JSON.stringify(names[i])}` : ''}: ${what}`,
  );
  const all = Object.entries(series).slice(0, MOST_DAYS);
  return [
    ...columns,
    ...all.map(
      ([name, { points, stepSeconds }]) => `  series ${name}: ${points} points, one every ${stepSeconds} s`,
    ),
    ...(Object.keys(series).length > all.length
      ? [`  series: ${Object.keys(series).length} altogether`]
      : []),
  ];
}

function formTextOf({ form, decimalBy, timeBy }: FilePreview): string[] {
  const { delimiter, decimal, thousands, time, zone } = form;
  const shown = decimalBy ? `, as in ${describePlace(decimalBy)}` : ', or none: no value has any';
  const parts = thousands === undefined ? '' : `, thousands parted by a ${NAMES[thousands]}`;
  const order = timeBy.length > 0 ? `, as in ${timeBy.map(describePlace).join(', ')}` : '';
  return [
    `  form: ${NAMES[delimiter] ?? delimiter} between columns, decimal ${NAMES[decimal]}${shown}${parts}`,
    `  times: ${time}${order}${isWallClock(time) ? `, by the clocks of ${zone}` : ''}`,
  ];
}

function daysOf({ days }: FilePreview): string[] {
  const [first, last] = [days.at(0), days.at(-1)];
  if (!first || !last) return ['  no days'];
  const points = days.reduce((sum, each) => sum + each.points, 0);
  const span = `  days: ${days.length}, ${first.day} to ${last.day}, ${points} points`;
  if (days.length > MOST_DAYS) return [span];
  return [
    span,
    ...days.map(
      ({ day, lines, points: of, refused }) => `    ${day}: ${lines} lines, ${of} points, ${refused} refused`,
    ),
  ];
}

function cellsOf({ line, text, startsAt, series, value }: EndRow) {
  return [line, text, startsAt.replace('.000Z', 'Z'), series, value ?? 'null'];
}

function findingsOf(preview: FilePreview | RecordsPreview, most: number): string[] {
  const refused = refusedOf(preview);
  const findings = Object.entries(preview.findings).flatMap(([rule, { severity, points, samples }]) => [
    `${severity === 'block' ? 'refused' : severity}: ${points} ${rule}`,
    ...samples.map((sample) => `  ${sample}`),
  ]);
  if (refused > most)
    findings.push(`The load would stop: ${refused} are refused, ${most} are allowed (--max-refused).`);
  return refused === 0 ? ['Nothing would be refused.', ...findings] : findings;
}
