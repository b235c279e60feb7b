/** The workflow types of a worker: the entry of the workflow bundle. Their names are a public contract. */
export { backfill } from './backfill/backfill.ts';
export { decideDay } from './decide-day.ts';
export { drainInbox } from './drain-inbox.ts';
export { erasePerson } from './erase-person.ts';
export { ingestDay } from './ingest-day.ts';
export { loadFile } from './load-file.ts';
export { lookForFiles } from './look-for-files.ts';
export { maintainStorage } from './maintain-storage.ts';
export { notify } from './notify.ts';
export { pollDataset } from './poll-dataset.ts';
export { rebuild } from './rebuild.ts';
/** The SDK runs the default export for every type that is not above. */
export { unknownType as default } from './unknown-type.ts';
