/**
 * Core active constraints: /core/api/data/activeFbConstraints (once shadowPrices), paged, published 13:00 on the day before.
 *
 * A row is a network element with its contingency that limited the market in an hour, with its shadow price and its factors by hub
 * (`hub_…`), which stand in the body.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { ELEMENT, jaoRecords } from './record-table.ts';
import { jaoCore } from './source.ts';

export default defineDataset(
  jaoRecords({
    ...{ source: jaoCore, name: 'active-constraints', region: 'core', table: 'activeFbConstraints' },
    title: 'Core active constraints',
    description: 'Network elements that limited the day-ahead market, with their shadow prices.',
    unit: 'constraint',
    firstDay: '2022-06-09',
    fields: [
      ...ELEMENT,
      { name: 'hub_from', type: 'text', description: 'where the element begins' },
      { name: 'hub_to', type: 'text', description: 'where it ends' },
      { name: 'ram', type: 'number', description: 'remaining available margin, MW' },
      { name: 'shadow_price', type: 'number', description: 'EUR/MWh' },
    ],
  }),
);
