/**
 * Outages: planned and unplanned, a record for each with every version of it that was seen. `available` in the body has each period.
 *
 * Not known     no recording shows an outage of transmission: names of elements of the asset are inferred.
 */

import type { PulledRecords, RecordField } from '../../domain/dataset/records.ts';
import { childOf, textAt } from '../../kit/decode/xml.ts';
import { bordersOn, endsOf } from './borders.ts';
import { decodeOutages, fetchOutages, numberOf, type Outages } from './outages.ts';
import { entsoe } from './source.ts';
import { codeOfEic, zonesOn } from './zones.ts';

// The common definition of datasets of outages: fields, polling, how a day is fetched and read.

interface OutageDataset extends Pick<PulledRecords, 'title' | 'description' | 'fields'> {
  readonly name: string;
  readonly outages: Outages;
}

const COMMON: readonly RecordField[] = [
  { name: 'ends_at', type: 'instant', description: 'until when it lasts; since when: starts_at' },
  { name: 'status', type: 'text', description: 'A05 active, A09 cancelled, A13 withdrawn' },
  { name: 'business_type', type: 'text', description: 'A53 planned, A54 unplanned' },
  { name: 'available_mw', type: 'number', description: 'the least that is left of it while it lasts, MW' },
  { name: 'published_at', type: 'instant', description: 'when the publisher made this version' },
  { name: 'reason_code', type: 'text', description: 'why, as a code of the platform' },
  { name: 'reason', type: 'text', description: 'why, in words' },
];

/** The definition of a dataset of outages; days from yesterday to a week ahead are polled. */
function outageDataset({ name, outages, fields, ...facts }: OutageDataset) {
  return {
    ...{ shape: 'records' as const, silence: 'nothing' as const, versions: 'by-source' as const },
    ...{ id: `entsoe.${name}`, source: entsoe, ...facts, unit: 'outage' },
    owner: 'ENTSO-E for the TSOs and owners of plants',
    licence: "ENTSO-E's terms of use",
    link: 'https://transparency.entsoe.eu/',
    ...{ access: 'open' as const, retentionDays: null, chunkDays: 366, decoderVersion: 1 },
    firstDay: '2015-01-05',
    period: 'day' as const,
    fields: [...fields, ...COMMON],
    decode: (body) => decodeOutages(body, outages),
    pull: {
      ...{ back: 1, ahead: 7, everyMinutes: 180, tickMinutes: 10 },
      publishedBy: { day: 0, time: '00:00' },
      fetch: (day, context) => fetchOutages(outages, day, context),
    },
  } satisfies PulledRecords;
}

const UNIT = 'production_RegisteredResource';
const TYPE = `${UNIT}.pSRType`;

export default [
  // Of generation units (15.1.A and B).
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
  // In the grid (10.1.A and B): of a border in a direction. What is available is what the border can carry meanwhile.
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
];
