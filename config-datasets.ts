/** Which datasets there are beside the bundled ones. Read before the settings, which depend on the sources of datasets. */
import type { Environment } from './config.ts';

/** Folders and packages with datasets of their own (setting TIDEMARK_DATASETS, with commas between). */
export function datasetPlaces(env: Environment = process.env): string[] {
  const names = (env.TIDEMARK_DATASETS ?? '').split(',').map((name) => name.trim());
  return names.filter((name) => name !== '');
}
