// Rows as a document of the platform: a TimeSeries for each column, a Period for each run of cells without a gap.
import { dayEndMs, dayStartMs, daysTouched } from '../business-day.ts';
import { mapValues, type Row } from '../rows.ts';
import { isInside, type Window } from '../window.ts';
import type { Column } from './columns.ts';
import type { Kind } from './kinds.ts';

/** How a document is written. */
export interface Wording {
  readonly kind: Kind;
  readonly columns: readonly Column[];
  readonly curve: 'A01' | 'A03';
  readonly window: Window;
  readonly nowMs: number;
  /** The requested area. */
  readonly eic: string;
  /** New in every answer. */
  readonly mrid: string;
}

interface Cell {
  readonly atMs: number;
  readonly text: string;
}

/** The TimeSeries of some rows, in document order. Unknown columns come last. */
export function seriesTexts(rows: readonly Row[], { kind, columns, curve, window }: Wording): string[] {
  const cells = cellsByKey(rows);
  const strange = [...cells.keys()].filter((key) => !columns.some((column) => column.key === key));
  const model = columns[0];
  const all = model ? [...columns, ...strange.map((key) => ({ ...model, key }))] : [];
  const spans = kind.whole
    ? daysTouched(window.fromMs, window.toMs).map((day) => ({ fromMs: dayStartMs(day), toMs: dayEndMs(day) }))
    : [{ fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY }];
  return spans.flatMap((span) =>
    all.flatMap((column) => {
      const own = (cells.get(column.key) ?? []).filter(({ atMs }) => isInside(span, atMs));
      return own.length === 0 ? [] : [seriesText(column, own, curve, kind)];
    }),
  );
}

/** The whole document; TimeSeries are numbered from 1. */
export function documentText(series: readonly string[], { kind, window, nowMs, mrid, eic }: Wording): string {
  const [root, namespace] = kind.root;
  const period = root === 'GL' ? 'time_Period.timeInterval' : 'period.timeInterval';
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<${root}_MarketDocument xmlns="urn:iec62325.351:tc57wg16:${namespace}">`,
    `<mRID>${mrid}</mRID>`,
    '<revisionNumber>1</revisionNumber>',
    `<type>${kind.documentType}</type>`,
    ...(kind.processType ? [`<process.processType>${kind.processType}</process.processType>`] : []),
    `<createdDateTime>${new Date(nowMs).toISOString().slice(0, 19)}Z</createdDateTime>`,
    ...(root === 'Balancing'
      ? [
          '<docStatus><value>A02</value></docStatus>',
          `<area_Domain.mRID codingScheme="A01">${eic}</area_Domain.mRID>`,
        ]
      : []),
    `<${period}>${interval(window.fromMs, window.toMs)}</${period}>`,
    ...series.map((text, at) => `<TimeSeries><mRID>${at + 1}</mRID>${text}</TimeSeries>`),
    `</${root}_MarketDocument>`,
  ].join('\n');
}

/** `2026-11-20T23:00Z`: instants of documents have no seconds. */
export function minuteText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16)}Z`;
}

function cellsByKey(rows: readonly Row[]): Map<string, Cell[]> {
  const cells = new Map<string, Cell[]>();
  for (const row of rows)
    mapValues(row, (key, text) => {
      // An interval without a value is left out.
      const own = cells.get(key);
      if (text !== 'null' && own) own.push({ atMs: row.startsAtMs, text });
      else if (text !== 'null') cells.set(key, [{ atMs: row.startsAtMs, text }]);
      return text;
    });
  return cells;
}

function seriesText(column: Column, cells: readonly Cell[], curve: 'A01' | 'A03', kind: Kind): string {
  const stepMs = stepOf(column, cells);
  const periods = runsOf(cells, stepMs).map((run) => periodText(run, stepMs, curve, column, kind));
  return [...column.title, `<curveType>${curve}</curveType>`, ...periods].join('\n');
}

/** That of its day; shorter where rows lie in between. */
function stepOf({ minutesOn }: Column, cells: readonly Cell[]): number {
  const [day = ''] = daysTouched(cells[0]?.atMs ?? 0, (cells[0]?.atMs ?? 0) + 1);
  const stepMs = minutesOn(day) * 60_000;
  return cells.some(({ atMs }) => atMs % stepMs !== 0) ? 15 * 60_000 : stepMs;
}

/** Cells in their order, split where an interval is missing. */
function runsOf(cells: readonly Cell[], stepMs: number): Cell[][] {
  const instants = [...new Set(cells.map(({ atMs }) => atMs))].toSorted((a, b) => a - b);
  const starts = instants.filter((atMs, i) => i === 0 || atMs - (instants[i - 1] ?? 0) > stepMs);
  return starts.map((startMs, i) =>
    cells.filter(({ atMs }) => atMs >= startMs && atMs < (starts[i + 1] ?? Number.POSITIVE_INFINITY)),
  );
}

function periodText(
  cells: readonly Cell[],
  stepMs: number,
  curve: 'A01' | 'A03',
  { pointElements = '' }: Column,
  { root }: Kind,
): string {
  const startMs = Math.min(...cells.map(({ atMs }) => atMs));
  const endMs = Math.max(...cells.map(({ atMs }) => atMs)) + stepMs;
  const name = pointElements
    ? 'imbalance_Price.amount'
    : root[1].endsWith('7:3')
      ? 'price.amount'
      : 'quantity';
  const points = cells.flatMap(({ atMs, text }, i) => {
    const before = cells[i - 1];
    const isRepeated = before?.atMs === atMs - stepMs && before.text === text;
    if (curve === 'A03' && isRepeated) return [];
    const position = (atMs - startMs) / stepMs + 1;
    return [
      `<Point><position>${position}</position><${name}>${plainNumber(text)}</${name}>${pointElements}</Point>`,
    ];
  });
  return [
    `<Period><timeInterval>${interval(startMs, endMs)}</timeInterval>`,
    `<resolution>PT${stepMs / 60_000}M</resolution>`,
    ...points,
    '</Period>',
  ].join('\n');
}

/** Without trailing zeros; a text that is not a number stays as it is. */
function plainNumber(text: string): string {
  return /^-?\d+\.\d*?0*$/.test(text) ? String(Number(text)) : text;
}

function interval(fromMs: number, toMs: number): string {
  return `<start>${minuteText(fromMs)}</start><end>${minuteText(toMs)}</end>`;
}
