import { neighbours } from './columns.ts';
import { exampleOf, hourly } from './example.ts';

export default exampleOf({ minutes: hourly, columns: neighbours, level: 600 });
