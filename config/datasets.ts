/** Where datasets come from besides the bundled ones, and which are enabled. Read before the settings, which depend on the datasets' sources. */
import type { Environment } from './config.ts';

/** Folders and packages with further datasets (setting TIDEMARK_DATASETS, comma-separated). */
export function datasetPlaces(env: Environment = process.env): string[] {
  return listIn(env.TIDEMARK_DATASETS);
}

/** Ids and patterns of the datasets that are enabled (setting TIDEMARK_ENABLED, comma-separated); undefined: it is not set. */
export function enabledPatterns(env: Environment = process.env): string[] | undefined {
  const patterns = listIn(env.TIDEMARK_ENABLED);
  return patterns.length > 0 ? patterns : undefined;
}

function listIn(text = ''): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
