import { neighbours } from '../jao-core/columns.ts';
import { exampleOf, quarterOrHour } from '../jao-core/example.ts';

export default exampleOf({ minutes: quarterOrHour, columns: neighbours, level: 700 });
