/** Where a dataset's files are watched. Pure. */
import { type Dataset, isPulledPoints } from './dataset.ts';
import type { Settings } from './settings.ts';
import { missingSetting } from './stand-in.ts';

/** A folder or an address; null where files are not watched. @param settings those of its source */
export function placeOfFiles(dataset: Dataset, settings: Settings): string | null {
  const standIn = isPulledPoints(dataset) ? dataset.pull.standIn : undefined;
  if (!standIn) return settings[dataset.files?.found?.setting ?? ''] ?? null;
  if (missingSetting(standIn, settings) !== undefined) return null;
  const { baseUrl } = standIn.host;
  return settings[baseUrl.setting] ?? baseUrl.default;
}
