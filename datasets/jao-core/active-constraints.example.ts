import { elementsAt, exampleOfRows } from './example.ts';

export default exampleOfRows((startsAtMs) =>
  elementsAt(startsAtMs).map(({ n, ...element }) => ({
    ...{ ...element, hubFrom: 'AT', hubTo: 'DE', ram: 300 + n, shadowPrice: n / 4, hub_AT: 0.125 },
  })),
);
