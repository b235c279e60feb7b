/** The worker process, but for the patience with workers that were killed: what it takes over, it takes over within seconds. */
import { runWorker } from '../../workers/run.ts';
import { impatientBundle, KILLED_RULES } from './short-patience.ts';

await runWorker({ bundle: await impatientBundle(), retryRules: KILLED_RULES });
