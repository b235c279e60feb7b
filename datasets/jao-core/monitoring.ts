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
import { PAGES, TABLES } from './tables.ts';

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
