import { exampleOf, quarterOrHour } from '../jao-core/example.ts';
import { LIMITS } from './columns.ts';

export default exampleOf({ minutes: quarterOrHour, columns: () => LIMITS, level: 3_000 });
