/** What an answer reveals about its dataset: columns, resolution, range, nulls. Pure. */

import type { Decoded } from '../../domain/dataset/points.ts';
import { dayAt } from '../../domain/time/civil-day.ts';
import type { TableDecoder } from '../../kit/decode/decoder.ts';
import { delimitedTable } from '../../kit/decode/delimited-table.ts';
import { jsonTable } from '../../kit/decode/json-table.ts';
import { UsageError } from '../usage-error.ts';
import { type FoundColumns, findColumns, text } from './find-columns.ts';
import { type FoundTable, readTable } from './read-table.ts';

export interface Survey {
  readonly table: FoundTable;
  readonly columns: FoundColumns;
  /** The beginnings of the names of value columns, or `others`; null where a column names the series. */
  readonly beginnings: readonly string[] | 'others' | null;
  readonly decoded: Decoded;
  /** With a value at least once, in order of their names. */
  readonly series: readonly string[];
  readonly alwaysNull: readonly string[];
  readonly nulls: number;
  readonly minutes: number;
  readonly min: number;
  readonly max: number;
  readonly firstDay: string;
  readonly lastDay: string;
}

export interface Surveyed {
  readonly body: Uint8Array;
  /** Names the body in errors. */
  readonly origin: string;
  readonly zone: string;
  /** The delivery day of a body that names none. */
  readonly day: string;
  readonly time?: string | undefined;
}

/** @throws UsageError, with the hint, when no draft can be made */
export function survey({ body, origin, zone, day, time }: Surveyed): Survey {
  const table = readTable(body, origin);
  const columns = findColumns(table, zone, time);
  const beginnings = 'columns' in columns.values ? beginningsOf(columns.values.columns, table) : null;
  const decoded = decoderOf(table, columns, beginnings)(body, { unit: day });
  const valued = decoded.points.filter(({ value }) => value !== null);
  if (valued.length === 0)
    throw new UsageError(`${origin} has no value that can be read: give an answer with some`);
  const values = valued.map(({ value }) => value as number);
  const series = namesOf(valued);
  const days = decoded.points.map(({ startsAtMs }) => dayAt(startsAtMs, zone)).toSorted();
  return {
    ...{ table, columns, beginnings, decoded, series },
    alwaysNull: namesOf(decoded.points).filter((name) => !series.includes(name)),
    nulls: decoded.points.length - valued.length,
    minutes: stepOf(decoded, origin),
    ...{ min: values.reduce((a, b) => Math.min(a, b)), max: values.reduce((a, b) => Math.max(a, b)) },
    ...{ firstDay: days[0] ?? day, lastDay: days.at(-1) ?? day },
  };
}

/** The decoder as TypeScript, for the draft. */
export function decoderCode({ table, columns, beginnings }: Survey): string {
  const { text: form, path = [] } = table;
  const { values, ignore, decimal, time } = columns;
  const list = (names: readonly string[]) => `[${names.map(text).join(', ')}]`;
  const fields = [
    ...(form && form.delimiter !== ',' ? [`delimiter: ${text(form.delimiter)}`] : []),
    ...(decimal === ',' ? [`decimal: ','`] : []),
    ...(form && form.linesAbove > 0 ? [`linesAbove: ${form.linesAbove}`] : []),
    ...(form && !form.named ? [`names: ${list(table.names)}`] : []),
    ...(path.length > 0 ? [`rows: ${list(path)}`] : []),
    `time: ${time.code}`,
    ...('series' in values ? [`series: ${text(values.series)}`, `value: ${text(values.value)}`] : []),
    ...(beginnings === null ? [] : [`columns: ${beginnings === 'others' ? "'others'" : list(beginnings)}`]),
    ...(ignore.length > 0 ? [`ignore: ${list(ignore)}`] : []),
  ];
  const name = form ? 'delimitedTable' : 'jsonTable';
  return `${name}({\n${fields.map((field) => `      ${field},`).join('\n')}\n    })`;
}

function decoderOf(table: FoundTable, columns: FoundColumns, beginnings: Survey['beginnings']): TableDecoder {
  const { values, ignore, time } = columns;
  const form = {
    time: time.time,
    ignore,
    ...('series' in values ? values : { columns: beginnings ?? 'others' }),
  };
  if (!table.text) return jsonTable({ ...form, rows: table.path ?? [] });
  const { delimiter, linesAbove, named } = table.text;
  const { decimal } = columns;
  return delimitedTable({
    ...form,
    delimiter,
    linesAbove,
    decimal,
    ...(named ? {} : { names: table.names }),
  });
}

const MOST_LISTED = 8;

/** The common prefix of the names, if no other column has it; else the names, or all columns without another meaning. */
function beginningsOf(names: readonly string[], table: FoundTable): readonly string[] | 'others' {
  const [first = ''] = names;
  let length = first.length;
  for (const name of names) while (!name.startsWith(first.slice(0, length))) length -= 1;
  const common = /^.*_/.exec(first.slice(0, length))?.[0] ?? '';
  const isTheirs = table.names.filter((name) => name.startsWith(common)).length === names.length;
  if (common.length > 1 && names.length > 1 && isTheirs) return [common];
  return names.length <= MOST_LISTED ? names : 'others';
}

function namesOf(points: Decoded['points']): string[] {
  return [...new Set(points.map(({ series }) => series))].toSorted();
}

/** The shortest distance of two intervals, minutes. */
function stepOf({ points }: Decoded, origin: string): number {
  const starts = [...new Set(points.map(({ startsAtMs }) => startsAtMs))].toSorted((a, b) => a - b);
  const gaps = starts.slice(1).map((ms, i) => (ms - (starts[i] as number)) / 60_000);
  const step = gaps.length === 0 ? 60 : Math.min(...gaps);
  if (step >= 1 && 60 % step === 0) return step;
  throw new UsageError(
    `${origin} has intervals of ${step} minutes: a dataset of days needs some that divide an hour; write it as records`,
  );
}
