import { exampleOf } from './example.ts';
import { zonesOn } from './zones.ts';

export default exampleOf({
  root: 'GL_MarketDocument',
  head: '<type>A75</type><process.processType>A16</process.processType>',
  series: (day) =>
    ['in', 'out'].map(
      (side) =>
        `<${side}BiddingZone_Domain.mRID>${zonesOn(day)[0]?.eic}</${side}BiddingZone_Domain.mRID><MktPSRType><psrType>B10</psrType></MktPSRType>`,
    ),
  value: 'quantity',
  level: 500,
});
