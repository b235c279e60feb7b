/** Activity `noteFoundFile`: records the outcome of loading a file that was found. */
import { noteFoundFile } from '../../db/queries/files/found-files.ts';
import type { NoteFoundFileInput } from '../../domain/files/found-files.ts';
import type { Dependencies } from '../dependencies.ts';
import { once } from '../once.ts';
import { temporalActivity } from '../temporal-activity.ts';

export function createNoteFoundFile({
  clock,
  database,
  retryRules,
}: Dependencies): (input: NoteFoundFileInput) => Promise<void> {
  return temporalActivity(
    async (input) => await once(database, (sql) => noteFoundFile(sql, input, clock.now())),
    retryRules,
  );
}
