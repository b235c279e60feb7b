/** Makes the workflow bundle ahead of time: `npm run build`. */
import { workflowBundle } from './bundle.ts';

const { codePath } = await workflowBundle();
console.log(codePath);
