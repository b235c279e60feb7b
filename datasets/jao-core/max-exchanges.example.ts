import { bordersOn } from './borders.ts';
import { exampleOf } from './example.ts';

export default exampleOf({ minutes: 60, columns: bordersOn, level: 2_000 });
