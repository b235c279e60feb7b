import { windAndSolarExample } from './example.ts';

export default windAndSolarExample('A40');
