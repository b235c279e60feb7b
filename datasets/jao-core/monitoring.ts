/**
 * What the publisher says of its own publications: /core/api/system/monitoring, some 28 pages a business day.
 *
 * Row           {"id":…,"businessDayUtc":"2024-09-01T22:00:00Z","deadline":"2024-09-01T01:15:00+02:00","page":"Max Exchanges (MaxBex)",
 *               "status":"Received","lastModifiedOn":"…+02:00","followUpActionInitiated":null}
 * Status        seen are Received, Expected and Pending; kept as published.
 * Not known     the envelope for certain (taken to be that of the tables); whether other regions have such a page.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import type { ExplainingRecord } from '../../domain/dataset/records.ts';
import { jaoRecords } from './record-table.ts';
import { jaoCore } from './source.ts';

/**
 * How to recognise the name of a page: it has changed before ("Max Exchanges (MaxBex)", "Core max net positions and bilateral exchanges"),
 * so only certain words are required. Those two have been seen; the others follow the titles of the site.
 */
const PAGES: Readonly<Record<string, RegExp>> = {
  'jao-core.active-constraints': /shadow prices?\b|active .*constraint/i,
  'jao-core.allocation-constraints': /allocation constraint/i,
  'jao-core.atc': /external atc|^atc\b/i,
  'jao-core.congestion-income': /congestion income/i,
  'jao-core.long-term-allocations': /\blta\b|long[- ]term allocation/i,
  'jao-core.max-exchanges': /max exchanges|maxbex|max .*bilateral exchanges/i,
  'jao-core.max-net-positions': /max net pos/i,
  'jao-core.net-positions': /^(core )?net pos/i,
  'jao-core.price-spreads': /price spread/i,
  'jao-core.reference-programme': /ref(erence )?prog/i,
  'jao-core.scheduled-exchanges': /scheduled exchanges/i,
  'jao-core.shadow-auction-atc': /shadow auction/i,
  'jao-core.validation-reductions': /validation reduction/i,
  'jao-intraday.atc': /intraday atc/i,
};

/** Datasets that are published day by day. */
export const TABLES = Object.keys(PAGES);

export default defineDataset(
  jaoRecords({
    ...{ source: jaoCore, name: 'monitoring', region: 'core', table: 'monitoring', api: 'system' },
    title: 'Core monitoring of publications',
    description: 'Which pages of a business day the publisher expects, has received or waits for.',
    unit: 'page',
    firstDay: '2022-06-09',
    everyMinutes: 15,
    ...{ time: 'businessDayUtc', identity: ['page'] },
    fields: [
      { name: 'page', type: 'text', description: 'what is published, as the site calls it' },
      { name: 'status', type: 'text', description: 'as published: Expected, Received, Pending' },
      { name: 'deadline', type: 'instant', description: 'when it is due' },
      { name: 'last_modified_on', type: 'instant', description: 'when the status was set' },
    ],
    explains: { datasets: TABLES, summary: pagesOf },
  }),
);

/** `the publisher says that "Max Exchanges (MaxBex)" is Expected, due 2026-11-19T10:30:00+01:00, since 2026-11-19T00:05:00+01:00`. */
function pagesOf(dataset: string, records: readonly ExplainingRecord[]): string | undefined {
  const pages = records.filter(({ body }) => PAGES[dataset]?.test(String(body.page)));
  if (pages.length === 0) return undefined;
  return `the publisher says that ${pages.map(({ body }) => standingOf(body)).join(' and ')}`;
}

function standingOf({ page, status, deadline, last_modified_on: since }: ExplainingRecord['body']): string {
  return [
    `"${page}" is ${status ?? 'of no status'}`,
    ...(typeof deadline === 'string' ? [`due ${deadline}`] : []),
    ...(typeof since === 'string' ? [`since ${since}`] : []),
  ].join(', ');
}
