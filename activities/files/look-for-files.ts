/** Activity `lookForFiles`: lists a folder or an index, remembers what it found, and says which files are to be loaded. */
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { assertEnabled } from '../../db/queries/catalog/enabling.ts';
import { noteFoundFile, rememberFiles } from '../../db/queries/files/found-files.ts';
import type { Dataset } from '../../domain/dataset/dataset.ts';
import {
  DEFAULT_SETTLED_SECONDS,
  type FoundFiles,
  isFoundName,
  type LookForFilesInput,
  type LookOutcome,
  type NoteFoundFileInput,
  placeOfFiles,
  type SeenFile,
} from '../../domain/files/found-files.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import { loadWorkflowId } from '../../domain/workflow/ids.ts';
import type { Dependencies } from '../dependencies.ts';
import { settingsOf } from '../ingest/source-settings.ts';
import { once } from '../once.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { listIndex, signatureOfAddress } from './list-index.ts';

/** At most so many loads per poll: the next one finds the rest. */
const MOST_FILES = 50;

export function createLookForFiles(deps: Dependencies): (input: LookForFilesInput) => Promise<LookOutcome> {
  const { catalog, clock, database, retryRules } = deps;
  return temporalActivity(async (input) => {
    const dataset = catalog.find(input.dataset);
    const found = foundFilesOf(dataset);
    await assertEnabled(database, dataset.id);
    const place = placeOfFiles(found, settingsOf(deps, dataset.source));
    if (place === null) return { place, seen: 0, unsettled: 0, ready: [] };
    const files = isAddress(place) ? await listIndex(place, found) : await listFolder(place, found);
    const { settledSeconds = DEFAULT_SETTLED_SECONDS } = found;
    const at = clock.now();
    return await once(database, async (sql) => {
      const seen = await rememberFiles(sql, dataset.id, files, { at, settledSeconds });
      const news = seen.filter(({ isNews }) => isNews);
      const settled = news
        .filter(({ isSettled }) => isSettled)
        .toSorted((a, b) => (a.location < b.location ? -1 : 1));
      const ready = settled.slice(0, MOST_FILES).map((file) => readyFile(dataset.id, file));
      return { place, seen: files.length, unsettled: news.length - settled.length, ready };
    });
  }, retryRules);
}

/** @throws Failure BAD_INPUT */
function foundFilesOf({ id, files }: Dataset): FoundFiles {
  if (files?.found) return files.found;
  throw new Failure('BAD_INPUT', `${id} has no "files.found": its files are not watched`);
}

function readyFile(dataset: string, { location, signature }: SeenFile) {
  const name = basename(isAddress(location) ? new URL(location).pathname : location).slice(0, 100) || 'file';
  const digest = createHash('sha256').update(location).digest('hex').slice(0, 6);
  return { location, signature, workflowId: loadWorkflowId(dataset, name, digest) };
}

/** The current signature of a file; null when it is gone. */
export async function signatureOf(location: string): Promise<string | null> {
  return isAddress(location) ? await signatureOfAddress(location) : await signatureOfFile(location);
}

function isAddress(place: string): boolean {
  return /^https?:\/\//.test(place);
}

// The files of a folder with their current signatures. Subfolders are not searched.

/** @throws Failure BAD_INPUT when the folder cannot be read */
async function listFolder(folder: string, found: FoundFiles): Promise<SeenFile[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    const hint = `set ${found.setting} to a folder that all workers can read`;
    throw new Failure('BAD_INPUT', `"${folder}" cannot be read (${error.code}): ${hint}`, { cause: error });
  });
  const seen = names
    .filter((name) => isFoundName(found, name))
    .map(async (name) => {
      const location = join(folder, name);
      const signature = await signatureOfFile(location);
      return signature === null ? [] : [{ location, signature }];
    });
  return (await Promise.all(seen)).flat();
}

/**
 * The signature of a file; null when it is missing, or empty because it was just created. Includes the change time of its inode, because
 * the modification time can be set back.
 */
async function signatureOfFile(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || found.size === 0) return null;
  return `${found.size} bytes, changed ${found.mtimeMs} ${found.ctimeMs}, inode ${found.ino}`;
}

/** Activity `noteFoundFile`: records the outcome of loading a file that was found. */
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
