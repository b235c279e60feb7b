/**
 * Core max exchanges (MaxBex): the greatest exchange from one bidding zone to another while all other Core exchanges
 * are zero, from the final flow-based domain. Each border alone; not simultaneously feasible.
 *
 * Table         /core/api/data/maxExchanges
 * Row           {"id":34059,"dateTimeUtc":"2026-04-20T00:00:00Z","border_AT_BE":4346.0000000000,…}, hourly (also after
 *               the 15-minute day-ahead market of 2025-10-01), ascending, 23/24/25 rows a delivery day.
 * Series        132 = all ordered pairs of 12 zones; 150 from delivery day 2026-06-11 (nine virtual hubs, both ways). Older
 *               days may carry the 18 later columns as null: kept as null, not expected. The set is open.
 * Values        whole MW so far, 733 to 15004 in a sample of 6336, never null, never negative.
 * Published     D-1, handbook 10:30 local time as a deadline, often from 09:15 on. Nothing beyond D+1. Corrections
 *               happen in place, without notice. On a fallback day hours may be missing or null.
 * Since         delivery day 2022-06-09.
 * Not known     the exact spelling of the 18 hub borders; whether old days carry them as null or not at all.
 */

import { defineDataset } from '../../domain/dataset/dataset.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import {
  frozen,
  missingIntervals,
  missingSeries,
  nullValues,
  sameAsYesterday,
  suddenStep,
  validRange,
} from '../../domain/interpret/checks.ts';
import { bordersOn, missingOpposite, sidesOf, unknownBorder } from './borders.ts';
import { withExample } from './example.ts';
import { jaoCore } from './source.ts';
import { pullOf } from './table.ts';

const definition: PulledPoints = {
  shape: 'points',
  silence: 'keep',
  id: 'jao-core.max-exchanges',
  source: jaoCore,
  title: 'Core max exchanges (MaxBex)',
  description:
    'Greatest exchange from one bidding zone to another while all other Core exchanges are zero, per hour and ' +
    'directed border, from the final flow-based domain. Not simultaneously feasible.',
  unit: 'MW',
  owner: 'JAO S.A. for the Core TSOs',
  licence: "JAO's terms of use",
  link: 'https://publicationtool.jao.eu/core/maxExchanges',
  access: 'open',
  retentionDays: null,
  firstDay: '2022-06-09',
  chunkDays: 30,
  resolution: [{ from: '2022-06-09', minutes: 60 }],
  expectedSeries: [
    { from: '2022-06-09', count: 132 },
    { from: '2026-06-11', count: 150 },
  ],
  decoderVersion: 3,
  leading: true,
  pull: pullOf({ region: 'core', table: 'maxExchanges' }),
  checks: [
    missingIntervals(),
    missingSeries(),
    missingOpposite(),
    unknownBorder(),
    nullValues(),
    validRange(0, 50_000, 'MW'),
    suddenStep(5_000, 0.5, 'MW'),
    frozen(),
    sameAsYesterday(),
  ],
  seriesAttributes: (series) => sidesOf(series) ?? {},
};

export default defineDataset(withExample(definition, bordersOn));
