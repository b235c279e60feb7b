import { exampleOf, quarterOrHour } from '../jao-core/example.ts';
import { BORDERS } from './columns.ts';

export default exampleOf({ minutes: quarterOrHour, columns: () => BORDERS, level: 1_500 });
