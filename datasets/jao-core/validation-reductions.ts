/**
 * Core validation reductions: /core/api/data/validationReductions, published 10:30 on the day before. A day may have none.
 *
 * A row is a network element whose margin a system operator reduced in an hour. Not known: its columns for certain; all of them
 * stand in the body.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { ELEMENT, jaoRecords } from './record-table.ts';
import { jaoCore } from './source.ts';

export default defineDataset(
  jaoRecords({
    ...{ source: jaoCore, name: 'validation-reductions', region: 'core', table: 'validationReductions' },
    title: 'Core validation reductions',
    description: 'Network elements whose margin a system operator reduced when it validated capacity.',
    unit: 'reduction',
    firstDay: '2022-06-09',
    publishedBy: { day: 0, time: '00:00' },
    fields: [
      ...ELEMENT,
      { name: 'iva', type: 'number', description: 'individual validation adjustment, MW' },
      { name: 'cva', type: 'number', description: 'coordinated validation adjustment, MW' },
      { name: 'justification', type: 'text', description: 'why, in words' },
    ],
  }),
);
