import { bordersOn, endsOf } from './borders.ts';
import { exampleOf } from './example.ts';

export default exampleOf({
  root: 'Publication_MarketDocument',
  head: '<type>A11</type>',
  series: (day) => {
    const { from, to } = endsOf(bordersOn(day)[0] ?? '');
    return [`<in_Domain.mRID>${to.eic}</in_Domain.mRID><out_Domain.mRID>${from.eic}</out_Domain.mRID>`];
  },
  value: 'quantity',
  level: 700,
});
