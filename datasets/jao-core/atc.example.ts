import { externalBorders } from './columns.ts';
import { exampleOf, quarterOrHour } from './example.ts';

export default exampleOf({ minutes: quarterOrHour, columns: externalBorders, level: 2_000 });
