import { exampleOf } from './example.ts';
import { pricedZonesOn } from './zones.ts';

const SEQUENCE = 'classificationSequence_AttributeInstanceComponent.position';

export default exampleOf({
  root: 'Publication_MarketDocument',
  head: '<type>A44</type>',
  series: (day) => {
    const eic = pricedZonesOn(day)[0]?.eic;
    const title =
      `<in_Domain.mRID>${eic}</in_Domain.mRID><out_Domain.mRID>${eic}</out_Domain.mRID>` +
      '<contract_MarketAgreement.type>A01</contract_MarketAgreement.type><currency_Unit.name>EUR</currency_Unit.name>';
    return day < '2024-10-04'
      ? [title]
      : ['2', '1'].map((each) => `${title}<${SEQUENCE}>${each}</${SEQUENCE}>`);
  },
  value: 'price.amount',
  level: 80,
});
