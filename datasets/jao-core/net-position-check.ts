/**
 * Core net positions compared with the scheduled exchanges: one publisher checked by itself. Computed, quarter by quarter.
 *
 * Series        `exchanges_<ZONE>`: what leaves a zone less what enters it, over its borders with other zones of the region;
 *               `difference_<ZONE>`: the published net position less that.
 * Net position  that of the zone and, from 2026-06-11 on, of the virtual hubs behind it, which stand for its cables. Inferred: no document
 *               at hand says it; a zone without hubs depends on nothing that is inferred.
 * BE, DE        are left out: it is not known how ALEGrO, which joins them, is counted (its ends ALBE and ALDE are hubs of their own).
 * Borders       with ES, DK1 and DK2 are no part of a net position in the region.
 * Points        a quarter of which a border has no value has none; where a border is null it is null.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import type { ComputedPoint, DerivedUnit, InputPoints } from '../../domain/dataset/derive.ts';
import { type Check, missingIntervals, missingSeries } from '../../domain/interpret/checks.ts';
import { combined, type Known, onGrid } from '../../domain/values/on-grid.ts';
import { ZONES, zonesOn } from './borders.ts';
import { scheduledBorders } from './columns.ts';
import { jaoCore } from './source.ts';
import { quarterHourly } from './table.ts';

const FIRST_DAY = '2022-06-09';
/** Exchanges have one decimal, and a zone up to five borders. */
const TOLERANCE_MW = 1;

const CHECKED = ZONES.filter((zone) => zone !== 'BE' && zone !== 'DE');
/** Known borders between zones of the region: without any one of them the position of a zone is unknown. */
const BORDERS = scheduledBorders().filter(isWithinRegion);

export default defineDataset({
  shape: 'points',
  silence: 'keep',
  id: 'jao-core.net-position-check',
  source: jaoCore,
  title: 'Core net positions against scheduled exchanges',
  description:
    'What the scheduled exchanges of a zone add up to, and by how much its published net position differs from that.',
  unit: 'MW',
  owner: 'computed here',
  licence: "JAO's terms of use",
  link: 'https://publicationtool.jao.eu/core/netPos',
  access: 'open',
  retentionDays: null,
  firstDay: FIRST_DAY,
  chunkDays: 30,
  decoderVersion: 1,
  resolution: quarterHourly(FIRST_DAY),
  expectedSeries: [{ from: FIRST_DAY, count: 2 * CHECKED.length }],
  derive: {
    inputs: {
      positions: { dataset: 'jao-core.net-positions' },
      exchanges: { dataset: 'jao-core.scheduled-exchanges' },
    },
    compute: (unit) => CHECKED.flatMap((zone) => pointsOf(zone, unit)),
  },
  checks: [missingIntervals(), missingSeries(), differs()],
  seriesAttributes: (series) => {
    const [, zone] = /^(?:exchanges|difference)_([A-Z]{2})$/.exec(series) ?? [];
    return zone ? { zone } : {};
  },
});

function pointsOf(zone: string, { day, starts, endMs, inputs }: DerivedUnit): ComputedPoint[] {
  const columnOf = (of: InputPoints | undefined) => (name: string) => onGrid(of?.get(name), starts, endMs);
  const hubs = [zone, ...zonesOn(day).filter((hub) => hub.startsWith(`${zone}_`))].map((hub) => `hub_${hub}`);
  const published = hubs.map(columnOf(inputs.positions));
  const borders = bordersOf(zone, inputs.exchanges);
  const [out, into] = [borders.out, borders.into].map((names) => names.map(columnOf(inputs.exchanges)));
  return starts.flatMap((startsAtMs, i) => {
    const sum = (columns: readonly (readonly Known[])[] = []) =>
      combined(
        columns.map((column) => column[i]),
        (...values) => values.reduce((total, value) => total + value, 0),
      );
    const exchanged = combined([sum(out), sum(into)], (left, entered) => rounded(left - entered));
    const difference = combined([sum(published), exchanged], (position, added) => rounded(position - added));
    return [
      { series: `exchanges_${zone}`, startsAtMs, value: exchanged },
      { series: `difference_${zone}`, startsAtMs, value: difference },
    ].filter((point): point is ComputedPoint => point.value !== undefined);
  });
}

/** Known borders, and any others that are published: publishers add borders. */
function bordersOf(zone: string, exchanges: InputPoints | undefined) {
  const all = [...new Set([...BORDERS, ...[...(exchanges?.keys() ?? [])].filter(isWithinRegion)])];
  return {
    out: all.filter((border) => border.startsWith(`border_${zone}_`)),
    into: all.filter((border) => border.endsWith(`_${zone}`)),
  };
}

function isWithinRegion(border: string): boolean {
  const [, from = '', to = ''] = /^border_([A-Z]{2})_([A-Z]{2})$/.exec(border) ?? [];
  return ZONES.includes(from) && ZONES.includes(to);
}

/** Sums of decimals: a rest below a tenth is rounding, not a difference. */
function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000 || 0;
}

/** Published positions that the exchanges do not add up to. */
function differs(): Check {
  return {
    rule: 'net_position_differs',
    severity: 'warn',
    summary: `The published net position of a zone differs by more than ${TOLERANCE_MW} MW from what its scheduled exchanges add up to.`,
    run: ({ series }) =>
      [...series].flatMap(([name, { values }]) => {
        if (!name.startsWith('difference_')) return [];
        const beyond = values.filter((value) => Math.abs(value) > TOLERANCE_MW);
        if (beyond.length === 0) return [];
        const largest = beyond.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        const zone = name.slice('difference_'.length);
        const reason = `the net position of ${zone} differs from its scheduled exchanges in ${beyond.length} intervals, by up to ${rounded(largest)} MW`;
        return [{ series: name, points: beyond.length, reason }];
      }),
  };
}
