import { incomeColumns } from './columns.ts';
import { exampleOf, quarterOrHour } from './example.ts';

export default exampleOf({ minutes: quarterOrHour, columns: incomeColumns, level: 20_000 });
