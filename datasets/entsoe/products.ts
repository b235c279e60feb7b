/** Each product of points: what is requested, and what distinguishes its series. */
import { childOf, textAt, type XmlElement } from '../../kit/decode/xml.ts';
import { endsOf } from './borders.ts';
import type { Areas, Product } from './product.ts';
import { zoneOf } from './zones.ts';

/** From this delivery day on the sequence of an auction is taken to be reported: prices come in their present form. */
export const SEQUENCES_FROM = '2024-10-04';
const SEQUENCE = 'classificationSequence_AttributeInstanceComponent.position';

/** Areas of a product of one zone, which one parameter names. */
const ofZone =
  (parameter: string, ...elements: readonly string[]) =>
  (part: string): Areas => {
    const { eic } = zoneOf(part);
    return {
      query: { [parameter]: eic },
      elements: Object.fromEntries(elements.map((element) => [element, eic])),
    };
  };

const psrType = (series: XmlElement) => {
  const type = childOf(series, 'MktPSRType');
  return (type && textAt(type, 'psrType')) ?? '';
};

const ofType = (type: string) => `<MktPSRType><psrType>${type}</psrType></MktPSRType>`;

/** Day-ahead prices. In AT and DE_LU two auctions share the same instants: the sequence distinguishes them. */
export const prices: Product = {
  documentType: 'A44',
  areas: (part) => {
    const { eic } = zoneOf(part);
    const names = { in_Domain: eic, out_Domain: eic };
    return { query: names, elements: { 'in_Domain.mRID': eic, 'out_Domain.mRID': eic } };
  },
  query: { 'contract_MarketAgreement.type': 'A01' },
  expected: { 'contract_MarketAgreement.type': 'A01', 'currency_Unit.name': 'EUR' },
  value: 'price.amount',
  suffix: (series) => textAt(series, SEQUENCE) ?? '',
  variants: (day) =>
    day < SEQUENCES_FROM ? [{}] : ['2', '1'].map((at) => ({ series: `<${SEQUENCE}>${at}</${SEQUENCE}>` })),
};

/** @param processType A16 actual, A01 day-ahead */
export function load(processType: 'A16' | 'A01'): Product {
  return {
    ...{ documentType: 'A65', processType, value: 'quantity' },
    areas: ofZone('outBiddingZone_Domain', 'outBiddingZone_Domain.mRID'),
  };
}

/** @param processType A01 day-ahead, A40 intraday, A18 current */
export function windAndSolar(processType: 'A01' | 'A40' | 'A18'): Product {
  return {
    ...{ documentType: 'A69', processType, value: 'quantity', suffix: psrType },
    variants: () => ['B16', 'B19'].map((type) => ({ series: ofType(type) })),
    areas: ofZone('in_Domain', 'inBiddingZone_Domain.mRID'),
  };
}

/** Generation by type; the consumption of pumps and batteries is a series of its own. */
export const generation: Product = {
  ...{ documentType: 'A75', processType: 'A16', value: 'quantity' },
  areas: ofZone('in_Domain', 'inBiddingZone_Domain.mRID', 'outBiddingZone_Domain.mRID'),
  suffix: (series) =>
    textAt(series, 'outBiddingZone_Domain.mRID') === undefined
      ? psrType(series)
      : `${psrType(series)}.consumption`,
  variants: () =>
    ['in', 'out'].map((side) => ({ areas: [`${side}BiddingZone_Domain.mRID`], series: ofType('B10') })),
};

/** Physical flows of one direction of a border: into the zone that `in_Domain` names. */
export const flows: Product = {
  ...{ documentType: 'A11', value: 'quantity' },
  areas: (part) => {
    const { from, to } = endsOf(part);
    return {
      query: { in_Domain: to.eic, out_Domain: from.eic },
      elements: { 'in_Domain.mRID': to.eic, 'out_Domain.mRID': from.eic },
    };
  },
};

/** Prices of imbalance by category: A04 excess, A05 insufficient balance; and by currency unless it is the euro. */
export const imbalancePrices: Product = {
  ...{ documentType: 'A85', value: 'imbalance_Price.amount' },
  areas: ofZone('controlArea_Domain', 'area_Domain.mRID'),
  suffixOfPoint: (series, point) => {
    const category = textAt(point, 'imbalance_Price.category') ?? '';
    const currency = textAt(series, 'currency_Unit.name') ?? 'EUR';
    return [category, currency === 'EUR' ? '' : currency].filter(Boolean).join('.');
  },
  variants: () =>
    ['A04', 'A05'].map((at) => ({ point: `<imbalance_Price.category>${at}</imbalance_Price.category>` })),
};
