/**
 * A worker process as `workers/main.ts` makes it, but for a decoder that ends the process where it meets the word
 * "poison", as one that runs out of memory does. Its settings come as arguments: database, address of Temporal, base URL of
 * the source, and `cured` for a decoder that refuses the word instead.
 */

import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { systemClock } from '../../activities/dependencies.ts';
import { datasetPlaces } from '../../config/datasets.ts';
import { catalogOf, loadCatalog } from '../../datasets/catalog.ts';
import { openDatabase, WORKER_PATIENCE } from '../../db/connection/client.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import type { PointPull } from '../../domain/dataset/pull.ts';
import { AnswerRefused } from '../../domain/interpret/finding.ts';
import { RETRY_RULES } from '../../domain/workflow/failures.ts';
import { createWorker } from '../../workers/worker.ts';
import { impatientBundle, SHORT_RULES } from './short-patience.ts';

const [url = '', address = '', baseUrl = '', cured] = process.argv.slice(2);
// Whoever started us is gone.
process.once('disconnect', () => process.exit(1));

function fragile(dataset: PulledPoints): PulledPoints {
  const decode: PointPull['decode'] = (body, answer) => {
    if (!Buffer.from(body).includes('poison')) return dataset.pull.decode(body, answer);
    if (cured) throw new AnswerRefused('shape', 'no such table');
    process.kill(process.pid, 'SIGKILL');
    // The signal comes at once, but not within the statement.
    for (;;);
  };
  return { ...dataset, pull: { ...dataset.pull, decode } };
}

/** As in production, but for the longest: until the next worker is there, shorter waits are over, and all begin together again. */
const LOST = { ...RETRY_RULES.lost, maxDelayMs: 12_000 };

// What fails is what the test is about.
Runtime.install({ logger: new DefaultLogger('ERROR', () => {}) });
const catalog = catalogOf((await loadCatalog(datasetPlaces())).datasets.map(fragile));
const worker = await createWorker({
  connection: await NativeConnection.connect({ address }),
  namespace: 'default',
  dependencies: {
    catalog,
    database: openDatabase({
      ...{ url, role: 'tidemark_writer', application: 'tidemark test worker' },
      patience: WORKER_PATIENCE,
    }),
    baseUrls: new Map(catalog.datasets.map(({ source }) => [source.id, baseUrl])),
    clock: systemClock,
    retryRules: { ...SHORT_RULES, lost: LOST },
  },
  bundle: await impatientBundle(),
});
process.send?.('ready');
process.channel?.unref();
await worker.run();
process.exit(0);
