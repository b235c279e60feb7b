import { exampleOf, hourly } from './example.ts';

export default exampleOf({
  minutes: hourly,
  columns: () => ['limitDown_PL', 'limitUp_PL'],
  level: 6_000,
});
