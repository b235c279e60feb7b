import { elementsAt, exampleOfRows } from './example.ts';

export default exampleOfRows((startsAtMs) =>
  elementsAt(startsAtMs).map(({ n, ...element }) => ({
    ...{ ...element, iva: n, cva: 0, justification: 'operational security' },
  })),
);
