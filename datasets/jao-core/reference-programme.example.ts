import { referenceBorders } from './columns.ts';
import { exampleOf, hourly } from './example.ts';

export default exampleOf({ minutes: hourly, columns: referenceBorders, level: 500 });
