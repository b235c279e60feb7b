/** Where datasets come from besides the bundled ones. Read before the settings, which depend on the datasets' sources. */
import type { Environment } from './config.ts';

/** Folders and packages with further datasets (setting TIDEMARK_DATASETS, comma-separated). */
export function datasetPlaces(env: Environment = process.env): string[] {
  const names = (env.TIDEMARK_DATASETS ?? '').split(',').map((name) => name.trim());
  return names.filter((name) => name !== '');
}
