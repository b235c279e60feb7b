/**
 * Grid frequency of hundreds of series, each with a step of its own: its files name their series, one second apart at the finest. The step
 * of a series is detected for each day; a file with another one than a day has is refused.
 */
import { frequencyTable } from './frequency-table.ts';

export default frequencyTable({
  name: 'stresstest-frequency',
  table: 'stresstest_frequency_data',
  title: 'Grid frequency of many series, synthetic',
  description:
    'Synthetic frequencies of hundreds of series, each with its own step: for trying out many series.',
  owner: 'nobody',
  licence: 'none',
  finestSeconds: 1,
});
