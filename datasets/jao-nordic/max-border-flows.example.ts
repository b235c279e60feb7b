import { exampleOf, quarterOrHour } from '../jao-core/example.ts';
import { WITHIN } from './columns.ts';

export default exampleOf({ minutes: quarterOrHour, columns: () => WITHIN, level: 1_200 });
