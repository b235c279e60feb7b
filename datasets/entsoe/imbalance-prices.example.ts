import { exampleOf } from './example.ts';
import { zonesOn } from './zones.ts';

export default exampleOf({
  root: 'Balancing_MarketDocument',
  head: '<type>A85</type>',
  series: (day) => ['A04', 'A05'].map(() => `<area_Domain.mRID>${zonesOn(day)[0]?.eic}</area_Domain.mRID>`),
  value: 'imbalance_Price.amount',
  after: (n) => `<imbalance_Price.category>${['A04', 'A05'][n]}</imbalance_Price.category>`,
  level: 90,
});
