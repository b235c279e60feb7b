#!/usr/bin/env node
/** The worker process: `npm run worker`. */
import { runWorker } from './run.ts';

await runWorker();
