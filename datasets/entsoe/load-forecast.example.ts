import { exampleOf } from './example.ts';
import { zonesOn } from './zones.ts';

export default exampleOf({
  root: 'GL_MarketDocument',
  head: '<type>A65</type><process.processType>A01</process.processType>',
  series: (day) => [`<outBiddingZone_Domain.mRID>${zonesOn(day)[0]?.eic}</outBiddingZone_Domain.mRID>`],
  value: 'quantity',
  level: 8_000,
});
