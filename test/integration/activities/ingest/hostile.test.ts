/** A dozen answers that no source should give, of every kind. All others: test/long/activities/ingest/hostile.test.ts. */
import { bodies } from '../../../support/hostile/bodies.ts';
import type { Family, HostileCase } from '../../../support/hostile/case.ts';
import { describeCorpus } from '../../../support/hostile/corpus.ts';
import { names } from '../../../support/hostile/names.ts';
import { wrongRows } from '../../../support/hostile/rows.ts';
import { statuses } from '../../../support/hostile/statuses.ts';
import { wrongTimes } from '../../../support/hostile/times.ts';
import { transport } from '../../../support/hostile/transport.ts';
import { values } from '../../../support/hostile/values.ts';

const named = ({ cases }: Family, ...names: string[]) =>
  names.map((name) => cases.find((each) => each.name === name) as HostileCase);

describeCorpus([
  {
    name: 'one of each kind',
    firstDay: '2025-05-01',
    cases: [
      ...named(wrongTimes, 'a date that does not exist', 'local times that say they are UTC'),
      ...named(bodies, 'JSON cut in the middle', 'half a character at the end', 'rejected, with good data'),
      ...named(values, 'NaN', '1e400', 'a negative number'),
      ...named(names, 'one border gone', 'SQL in a name'),
      ...named(transport, 'a reset within the body', 'gzip cut in the middle', 'a redirect to another host'),
      ...named(statuses, '503, then a good answer', '404 with control characters'),
      ...named(wrongRows, 'a row twice, one value another'),
    ],
  },
]);
