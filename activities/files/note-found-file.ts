/** Activity `noteFoundFile`: records the outcome of loading a file that was found. Repeating it is harmless. */
import { noteFoundFile } from '../../db/queries/files/found-files.ts';
import type { NoteFoundFileInput } from '../../domain/files/found-files.ts';
import type { Dependencies } from '../dependencies.ts';
import { temporalActivity } from '../temporal-activity.ts';

export function createNoteFoundFile({
  clock,
  database,
  retryRules,
}: Dependencies): (input: NoteFoundFileInput) => Promise<void> {
  return temporalActivity(async (input) => await noteFoundFile(database, input, clock.now()), retryRules);
}
