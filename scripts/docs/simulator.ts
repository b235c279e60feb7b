/** The simulator's --help: flags, faults and control calls. */
import { helpText } from '../../simulator/flags.ts';
import { block, page } from './markdown.ts';

export function simulatorPage(): string {
  return page(
    'Simulator of publishers',
    'The APIs of JAO and ENTSO-E to develop and test against: `npm run simulator -- [flags]`. Generated answers carry the header ' +
      '`x-tidemark-simulator`, so that they never get into a database of live data. Recorded ones (`--recorded`) are ' +
      'what the publisher once said and count as live.',
    block(helpText()),
  );
}
