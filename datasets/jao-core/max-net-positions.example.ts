import { hubsOn } from './columns.ts';
import { exampleOf, hourly } from './example.ts';

export default exampleOf({
  minutes: hourly,
  columns: (day) => hubsOn(day).flatMap((hub) => [`min${hub}`, `max${hub}`]),
  level: 5_000,
});
