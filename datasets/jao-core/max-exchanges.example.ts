import { bordersOn } from './borders.ts';
import { exampleOf, hourly } from './example.ts';

export default exampleOf({ minutes: hourly, columns: bordersOn, level: 2_000 });
