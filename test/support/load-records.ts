/** Loads a file of records into a database as a load does, range by range, with neither Temporal nor a worker. */
import { open } from 'node:fs/promises';
import { withText } from '../../activities/files/preview-file.ts';
import { readRecords, readWholeRecords } from '../../activities/files/read-records.ts';
import { type FoldedLines, foldLines } from '../../activities/lines/fold-lines.ts';
import type { LineDataset } from '../../activities/lines/sort-lines.ts';
import { type Database, transaction } from '../../db/connection/client.ts';
import { UNPACK_LIMITS } from '../../domain/files/unpack-limits.ts';

export async function loadRecords(
  database: Database,
  dataset: LineDataset,
  file: string,
): Promise<FoldedLines & { readonly lines: number }> {
  return await withText(file, { limits: UNPACK_LIMITS }, async ({ path: location }) => {
    const { ranges, form } = await readWholeRecords(dataset, { path: location, name: file });
    const handle = await open(location);
    const done = { lines: 0, payloads: 0, newRecords: 0, revisedRecords: 0, endedRecords: 0, quarantined: 0 };
    for (const range of ranges) {
      const cameAt = new Date();
      const { sorter, lines } = await readRecords(handle, { location, form, cameAt }, dataset, range);
      const folded = await transaction(database, (sql) =>
        foldLines(sql, dataset, sorter, cameAt, { url: `file:${file}` }),
      );
      done.lines += lines;
      for (const name of Object.keys(folded) as (keyof FoldedLines)[]) done[name] += folded[name];
    }
    await handle.close();
    return done;
  });
}
