import { scheduledBorders } from './columns.ts';
import { exampleOf, quarterOrHour } from './example.ts';

export default exampleOf({ minutes: quarterOrHour, columns: scheduledBorders, level: 800 });
