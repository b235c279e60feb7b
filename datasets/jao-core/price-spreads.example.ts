import { scheduledBorders } from './columns.ts';
import { exampleOf, quarterOrHour } from './example.ts';

export default exampleOf({
  minutes: quarterOrHour,
  columns: () => scheduledBorders().slice(0, 44),
  level: 40,
});
