/** Schedules `files:<dataset>`: check for new files of a dataset, where a folder or address is set. */
import { type Dataset, isPulledPoints } from '../domain/dataset/dataset.ts';
import type { Settings } from '../domain/dataset/settings.ts';
import { missingSetting } from '../domain/dataset/stand-in.ts';
import { filesScheduleId } from '../domain/workflow/ids.ts';
import type { lookForFiles } from '../workflows/look-for-files.ts';
import type { Temporal } from './connection.ts';
import { reconcileOwn } from './own-schedules.ts';

const LOOK_WORKFLOW = 'lookForFiles' satisfies (typeof lookForFiles)['name'];

/** @param settings of each source, by source id */
export async function reconcileFileSchedules(
  temporal: Temporal,
  datasets: readonly Dataset[],
  settings: ReadonlyMap<string, Settings>,
): Promise<void> {
  const wanted = datasets.flatMap((dataset) => {
    const { id, title, source } = dataset;
    const everyMinutes = minutesBetweenChecks(dataset, settings.get(source.id) ?? {});
    if (everyMinutes === undefined) return [];
    const everyMs = everyMinutes * 60_000;
    return [{ dataset: id, workflowType: LOOK_WORKFLOW, everyMs, summary: `files of ${title}` }];
  });
  await reconcileOwn(temporal, filesScheduleId, wanted);
}

/** Undefined where no files are watched: no folder or address is set, or no key to it. */
function minutesBetweenChecks(dataset: Dataset, settings: Settings): number | undefined {
  const standIn = isPulledPoints(dataset) ? dataset.pull.standIn : undefined;
  if (standIn) return missingSetting(standIn, settings) === undefined ? standIn.everyMinutes : undefined;
  const found = dataset.files?.found;
  return found && settings[found.setting] !== undefined ? found.everyMinutes : undefined;
}
