/** Schedules `files:<dataset>`: check for new files of a dataset, where a folder or address is set. */
import type { Dataset } from '../domain/dataset/dataset.ts';
import type { Settings } from '../domain/dataset/settings.ts';
import { filesScheduleId } from '../domain/workflow/ids.ts';
import type { lookForFiles } from '../workflows/look-for-files.ts';
import type { Temporal } from './connection.ts';
import { reconcileOwn } from './own-schedules.ts';

const LOOK_WORKFLOW = 'lookForFiles' satisfies (typeof lookForFiles)['name'];

/**
 * That of a dormant dataset is kept paused, because whoever enables it need not have the setting.
 * @param settings of each source, by source id
 */
export async function reconcileFileSchedules(
  temporal: Temporal,
  datasets: readonly Dataset[],
  enabled: ReadonlySet<string>,
  settings: ReadonlyMap<string, Settings>,
): Promise<void> {
  const wanted = datasets.flatMap(({ id, title, source, files }) => {
    const found = files?.found;
    if (!found || settings.get(source.id)?.[found.setting] === undefined) return [];
    const everyMs = found.everyMinutes * 60_000;
    const summary = `files of ${title}`;
    return [{ dataset: id, workflowType: LOOK_WORKFLOW, everyMs, summary, dormant: !enabled.has(id) }];
  });
  await reconcileOwn(temporal, filesScheduleId, wanted);
}
