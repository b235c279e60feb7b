/**
 * Unavailability in the transmission grid (10.1.A and B), document A78: of a border in a direction, planned and unplanned, a record
 * for each outage with every version of it that was seen. What is available is what the border can carry meanwhile.
 *
 * Not known     no recording shows one: names of elements of the asset are inferred.
 */

import { defineDataset } from '../../domain/dataset/dataset.ts';
import { childOf, textAt } from '../../kit/decode/xml.ts';
import { bordersOn, endsOf } from './borders.ts';
import { outageDataset } from './outage-dataset.ts';
import { codeOfEic } from './zones.ts';

export default defineDataset(
  outageDataset({
    name: 'transmission-outages',
    title: 'Outages of transmission',
    description:
      'Planned and unplanned unavailability of interconnectors and lines that limits a border, with every version.',
    fields: [
      { name: 'from_zone', type: 'text', description: 'code of the zone that power comes from' },
      { name: 'to_zone', type: 'text', description: 'code of the zone that it goes to' },
      { name: 'asset', type: 'text', description: 'EIC of the first element that is out' },
      { name: 'asset_name', type: 'text', description: 'its name' },
      {
        name: 'psr_type',
        type: 'text',
        description: 'B21 AC link, B22 DC link, B23 substation, B24 transformer',
      },
    ],
    outages: {
      documentType: 'A78',
      areas: (day, settings) =>
        bordersOn(day, settings).map((border) => {
          const { from, to } = endsOf(border);
          return [border.replace('>', '-'), { in_Domain: to.eic, out_Domain: from.eic }];
        }),
      fields: (series) => {
        const asset = childOf(series, 'Asset_RegisteredResource');
        return {
          from_zone: codeOfEic(textAt(series, 'out_Domain.mRID')) ?? null,
          to_zone: codeOfEic(textAt(series, 'in_Domain.mRID')) ?? null,
          asset: (asset && textAt(asset, 'mRID')) ?? null,
          asset_name: (asset && textAt(asset, 'name')) ?? null,
          psr_type: (asset && textAt(asset, 'asset_PSRType.psrType')) ?? null,
        };
      },
    },
  }),
);
