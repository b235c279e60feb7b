/**
 * Core intraday ATC: /core/api/data/intradayAtc
 *
 * First published 15:50 on the day before, and again in the course of the day as capacity is calculated anew: each publication
 * revises the values of the hours that are left, so a day is requested every half hour until it is over.
 * Not known: its columns for certain, taken to be the 38 of neighbours in the region; whether later publications leave hours that are
 * over out (they are kept as they were).
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import type { Source } from '../../domain/dataset/facts.ts';
import { neighbours } from '../jao-core/columns.ts';
import { jaoCore } from '../jao-core/source.ts';
import { jaoTable } from '../jao-core/table.ts';

/** The same host as the Core region, hence the same quota and base URL. */
const jaoIntraday: Source = {
  ...jaoCore,
  id: 'jao-intraday',
  title: 'JAO Publication Tool, intraday capacity',
  link: 'https://publicationtool.jao.eu/core/intradayAtc',
};

export default defineDataset(
  jaoTable({
    ...{ source: jaoIntraday, name: 'atc', region: 'core', table: 'intradayAtc' },
    title: 'Core intraday ATC',
    description: 'Available transfer capacity of the intraday market per directed border, as last published.',
    published: '15:50',
    renewed: true,
    ...{ firstDay: '2022-06-09', quarters: true },
    series: neighbours,
    range: [-50_000, 50_000],
    steady: true,
  }),
);
