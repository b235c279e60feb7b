import { exampleOfRows } from './example.ts';

export default exampleOfRows(() => [{ computation: 'Final computation', type: 'Default FB parameters' }]);
