import { hubsOn } from './columns.ts';
import { exampleOf, quarterOrHour } from './example.ts';

export default exampleOf({
  minutes: quarterOrHour,
  columns: (day) => hubsOn(day).map((hub) => `hub_${hub}`),
  level: 1_500,
});
