/** Is every value of a recorded body read as it stands there, by an oracle that knows nothing but JSON? */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { datasetPlaces } from '../../../../config/datasets.ts';
import { loadCatalog } from '../../../../datasets/catalog.ts';
import { answerToDay, interpret } from '../../../../domain/interpret/interpret.ts';
import { expectedPoints } from '../../../../domain/time/delivery-day.ts';
import { JAO_RECORDINGS } from '../../../support/recordings.ts';

const { get } = await loadCatalog(datasetPlaces());
/** The delivery day that is whole in a recording of two days by UTC. */
const DAY = '2026-04-21';
const DAY_BEGINS = '2026-04-20T22:00:00Z';
const DAY_ENDS = '2026-04-21T22:00:00Z';

const RECORDED = [
  ['core_maxExchanges_20260420_2d.raw.json', 'jao-core.max-exchanges', 6_336],
  ['core_atc_20260420_2d.json', 'jao-core.atc', 2_688],
  ['nordic_maxExchanges_20260420_2d.raw.json', 'jao-nordic.max-exchanges', 11_904],
] as const;

type Row = { readonly dateTimeUtc: string } & Readonly<Record<string, unknown>>;

/** `instant series value` of each cell that is a number or null, but for the row's own id. */
function linesOf(rows: readonly Row[]): string[] {
  return rows.flatMap(({ dateTimeUtc, id: _, ...cells }) =>
    Object.entries(cells)
      .filter(([, value]) => typeof value === 'number' || value === null)
      .map(([series, value]) => `${dateTimeUtc} ${series} ${value}`),
  );
}

const lineOf = (point: { series: string; startsAtMs: number; value: number | null }) =>
  `${new Date(point.startsAtMs).toISOString().replace('.000Z', 'Z')} ${point.series} ${point.value}`;

describe.each(RECORDED)('%s as %s', (file, id, values) => {
  const body = readFileSync(`${JAO_RECORDINGS}${file}`);
  const rows: Row[] = JSON.parse(body.toString()).data;
  const dataset = get(id);

  test(`all ${values} values are read, nothing else is`, () => {
    const { points, findings } = dataset.pull.decode(body, answerToDay(dataset, DAY));
    expect(findings).toEqual([]);
    expect(points.map(lineOf)).toEqual(linesOf(rows));
    expect(points).toHaveLength(values);
  });

  test('the delivery day in it is complete, value for value, with no warnings but of rows of other days', () => {
    const { points, findings } = interpret(dataset, DAY, body);
    const ofDay = rows.filter(({ dateTimeUtc }) => dateTimeUtc >= DAY_BEGINS && dateTimeUtc < DAY_ENDS);
    expect(points.map(lineOf).toSorted()).toEqual(linesOf(ofDay).toSorted());
    const valued = points.filter(({ value }) => value !== null);
    const series = new Set(valued.map((point) => point.series)).size;
    expect(valued).toHaveLength(expectedPoints(dataset, DAY, series));
    expect(expectedPoints(dataset, DAY, series)).toBe(expectedPoints(dataset, DAY, 0));
    expect(new Set(findings.map(({ rule }) => rule))).toEqual(new Set(['outside_day']));
  });

  test('ids and times of change mean nothing', () => {
    const moved = rows.map((row, i) => ({
      ...row,
      id: i,
      ...(row.lastModifiedOn ? { lastModifiedOn: '2026-05-01T00:00:00.1' } : {}),
    }));
    const again = Buffer.from(JSON.stringify({ data: moved, rejected: false, messages: null }));
    expect(interpret(dataset, DAY, again).canonical).toBe(interpret(dataset, DAY, body).canonical);
  });
});
