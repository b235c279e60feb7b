/**
 * Unavailability of generation units (15.1.A and B), document A80: planned and unplanned, a record for each outage with every
 * version of it that was seen. `available` in the body has each period.
 */

import { defineDataset } from '../../domain/dataset/dataset.ts';
import { textAt } from '../../kit/decode/xml.ts';
import { outageDataset } from './outage-dataset.ts';
import { numberOf } from './outages.ts';
import { codeOfEic, zonesOn } from './zones.ts';

const UNIT = 'production_RegisteredResource';
const TYPE = `${UNIT}.pSRType`;

export default defineDataset(
  outageDataset({
    name: 'generation-outages',
    title: 'Outages of generation units',
    description:
      'Planned and unplanned unavailability of generation units, with every version that was announced.',
    fields: [
      { name: 'zone', type: 'text', description: 'code of the bidding zone' },
      { name: 'psr_type', type: 'text', description: 'type of plant: B14 nuclear' },
      { name: 'unit', type: 'text', description: 'EIC of the unit' },
      { name: 'unit_name', type: 'text', description: 'its name' },
      { name: 'nominal_mw', type: 'number', description: 'what it can do, MW' },
    ],
    outages: {
      documentType: 'A80',
      areas: (day, settings) =>
        zonesOn(day, settings).map(({ code, eic }) => [code, { BiddingZone_Domain: eic }]),
      fields: (series) => ({
        zone: codeOfEic(textAt(series, 'biddingZone_Domain.mRID')) ?? null,
        psr_type: textAt(series, `${TYPE}.psrType`) ?? null,
        unit: textAt(series, `${UNIT}.mRID`) ?? null,
        unit_name: textAt(series, `${UNIT}.name`) ?? null,
        nominal_mw: numberOf(textAt(series, `${TYPE}.powerSystemResources.nominalP`)),
      }),
    },
  }),
);
