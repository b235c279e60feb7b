/** Makes the workflow bundles ahead of time, for workers that trace and for those that do not: `npm run build`. */
import { TRACED, workflowBundle } from './bundle.ts';

for (const options of [{}, TRACED]) {
  const { codePath } = await workflowBundle(options);
  console.log(codePath);
}
