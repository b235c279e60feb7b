/**
 * Core intraday ATC: /core/api/data/intradayAtc
 *
 * First published 15:50 on the day before, and again in the course of the day as capacity is calculated anew: each publication
 * revises the values of the hours that are left, so a day is requested every half hour until it is over.
 * Not known: its columns for certain, taken to be the 38 of neighbours in the region; whether later publications leave hours that are
 * over out (they are kept as they were).
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { jaoTable, quarterHourly } from '../jao-core/table.ts';
import { jaoIntraday } from './source.ts';

export default defineDataset(
  jaoTable({
    ...{ source: jaoIntraday, name: 'atc', region: 'core', table: 'intradayAtc', columns: ['border_'] },
    title: 'Core intraday ATC',
    description: 'Available transfer capacity of the intraday market per directed border, as last published.',
    unit: 'MW',
    published: '15:50',
    renewed: true,
    resolution: quarterHourly('2022-06-09'),
    expectedSeries: [{ from: '2022-06-09', count: 38 }],
    range: [-50_000, 50_000],
    steady: true,
  }),
);
