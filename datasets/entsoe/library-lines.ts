/**
 * Lines of files of the library: tab-separated cells below a line that names the columns; decimals with a point, times `2025-10-01 00:00:00`
 * in UTC, one line a value: what an answer of the API leaves out because it repeats (curve A03) has a line of its own here.
 *
 *   InstanceCode  DateTime(UTC)  ResolutionCode  AreaCode  AreaDisplayName  AreaTypeCode  MapCode  ContractType  Sequence
 *   Price[Currency/MWh]  Currency  UpdateTime(UTC)
 *   DateTime(UTC)  ResolutionCode  AreaCode  AreaDisplayName  AreaTypeCode  AreaMapCode  TotalLoad[MW]  UpdateTime(UTC)
 *   DateTime(UTC)  ResolutionCode  AreaCode  AreaDisplayName  AreaTypeCode  AreaMapCode  ProductionType
 *   ActualGenerationOutput[MW]  ActualConsumption[MW]  UpdateTime(UTC)
 *
 * Columns are found by name; those that are not used may have other names (MapCode, AreaMapCode). An area is known by its EIC, and counts
 * as a bidding zone where its types (`BZN/CTA/CTY`) say so. `UpdateTime(UTC)` is part of the bytes that are kept, and of nothing else.
 * Guesses: that zones with one auction have an empty sequence or 1, and that a zone whose types have no BZN is another area.
 */
import type { Decoded, DecodedPoint } from '../../domain/dataset/points.ts';
import type { Answer } from '../../domain/dataset/pull.ts';
import type { PlacedLine } from '../../domain/dataset/stand-in.ts';
import { AnswerRefused, type Finding, finding } from '../../domain/interpret/finding.ts';
import { codeOfEic } from './zones.ts';

/** One kind of file, and what its lines contain. */
export interface LibraryItem {
  readonly folder: string;
  /** Columns it needs besides those of every file. */
  readonly columns: readonly string[];
  /** Whether a line is of this dataset; all are, when left out. */
  counts?(cell: Cells): boolean;
  /** The values of a line: the suffix of the series name after the zone, and the text of the value; empty where there is none. */
  values(cell: Cells, zone: string): readonly (readonly [suffix: string, text: string])[];
}

/** The text of a cell by the name of its column. */
export type Cells = (column: string) => string;

const TIME = 'DateTime(UTC)';
const EVERY = [TIME, 'ResolutionCode', 'AreaCode', 'AreaTypeCode'];

const STEPS_MS: Readonly<Record<string, number>> = { PT15M: 900_000, PT30M: 1_800_000, PT60M: 3_600_000 };
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;
const SUFFIX = /^[\w.-]{0,60}$/;

/** How the lines below this header are sorted. @throws RangeError where a needed column is missing */
export function sorterOf(item: LibraryItem, header: string): (line: string) => PlacedLine | undefined {
  const cellsOf = cellsBelow(item, header);
  return (line) => {
    const cell = cellsOf(line);
    if (!cell('AreaTypeCode').split('/').includes('BZN')) return undefined;
    const part = codeOfEic(cell('AreaCode'));
    const startsAtMs = instantOf(cell(TIME));
    if (part === undefined || startsAtMs === undefined || item.counts?.(cell) === false) return undefined;
    return { part, startsAtMs };
  };
}

/** @throws AnswerRefused where columns are missing */
export function decodeLines(item: LibraryItem, body: Uint8Array, { part }: Pick<Answer, 'part'>): Decoded {
  const points: DecodedPoint[] = [];
  const findings: Finding[] = [];
  const [header = '', ...lines] = new TextDecoder().decode(body).split('\n');
  const cellsOf = columnsOf(item, header);
  for (const [i, line] of lines.entries()) {
    if (line === '') continue;
    for (const read of readLine(item, cellsOf(line), part, `line ${i + 2}`))
      if ('rule' in read) findings.push(read);
      else points.push(read);
  }
  return { points, findings };
}

function columnsOf(item: LibraryItem, header: string): (line: string) => Cells {
  try {
    return cellsBelow(item, header);
  } catch (error) {
    if (error instanceof RangeError) throw new AnswerRefused('shape', error.message, header);
    throw error;
  }
}

function readLine(item: LibraryItem, cell: Cells, zone: string, place: string): (DecodedPoint | Finding)[] {
  const startsAtMs = instantOf(cell(TIME)) ?? Number.NaN;
  const stepMs = STEPS_MS[cell('ResolutionCode')] ?? Number.NaN;
  if (startsAtMs % stepMs !== 0) {
    const reason = `a line is of "${cell(TIME)}" for "${cell('ResolutionCode')}"`;
    return [finding('unreadable_time', 'block', reason, { place, raw: cell(TIME) })];
  }
  return item.values(cell, zone).flatMap(([suffix, text]): (DecodedPoint | Finding)[] => {
    if (text === '') return [];
    const series = suffix === '' ? zone : `${zone}.${suffix}`;
    if (!SUFFIX.test(suffix))
      return [
        finding('unreadable_series', 'block', `a line names no series: "${suffix}"`, { place, raw: suffix }),
      ];
    if (DECIMAL.test(text) && Number.isFinite(Number(text)))
      return [{ series, startsAtMs, value: Number(text) || 0, stepMs, place }];
    const about = { series, startsAtMs, place, raw: text };
    return [finding('unreadable_value', 'block', `${series} is "${text}"`, about)];
  });
}

function cellsBelow({ columns }: LibraryItem, header: string): (line: string) => Cells {
  const names = header.split('\t').map(bare);
  const missing = [...EVERY, ...columns].filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new RangeError(`the file has no column ${missing.map((name) => `"${name}"`).join(', ')}`);
  const at = new Map(names.map((name, i) => [name, i]));
  return (line) => {
    const cells = line.split('\t');
    return (name) => bare(cells[at.get(name) ?? -1] ?? '');
  };
}

function bare(cell: string): string {
  return cell.trim().replace(/^"(.*)"$/, '$1');
}

/** `2025-10-01 00:00:00`, with or without fractions of a second, which older files have. */
function instantOf(text: string): number | undefined {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.0+)?$/.exec(text) ?? [];
  const ms = Date.parse(`${day}T${time}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}
