/** Grid frequency every second: a synthetic year has 31,536,000 lines, made by `npm run generate:frequency` or elsewhere. */
import { frequencyTable } from './frequency-table.ts';

export default frequencyTable({
  name: 'volume-frequency',
  table: 'volume_frequency_data',
  title: 'Grid frequency by the second, synthetic',
  description: 'Synthetic frequency of a grid, every second: for trying out large volumes.',
  owner: 'nobody',
  licence: 'none',
  finestSeconds: 1,
  files: { oneStep: true },
});
