/** The check of files in `tidemark doctor`: files that cannot be loaded, and the folder of unpacked texts, if this machine has it. */
import { readdir } from 'node:fs/promises';
import { failedFiles } from '../db/queries/files/found-files.ts';
import { knownTexts } from '../db/queries/files/kept-texts.ts';
import type { CliContext } from './context.ts';

const SHOWN = 3;

/** @throws Error when a found file cannot be loaded, or a text that rebuilds need is missing. */
export async function checkFiles(context: CliContext): Promise<string> {
  await assertFoundLoaded(context);
  const { filesFolder: folder } = context.config;
  const known = await knownTexts(context.database(), folder);
  const names = await readdir(folder).catch(() => undefined);
  if (!names) return `nothing is kept in ${folder} on this machine`;
  const there = new Set(names.map((name) => `${folder}/${name}`));
  const gone = known.filter(({ path, isNeeded }) => isNeeded && !there.has(path)).map(({ path }) => path);
  if (gone.length > 0)
    throw new Error(`${list(gone)} gone: days of it cannot be folded again; put it back from the backup`);
  const paths = new Set(known.map(({ path }) => path));
  const strange = [...there].filter((path) => !paths.has(path));
  const hint = 'remove it unless another database keeps its files there';
  const stray = strange.length > 0 ? `; no load of this database knows ${list(strange)}: ${hint}` : '';
  return `${known.length} texts kept in ${folder}${stray}`;
}

async function assertFoundLoaded(context: CliContext): Promise<void> {
  const failed = await failedFiles(context.database());
  const [first] = failed;
  if (!first) return;
  const others = failed.length > 1 ? ` and ${failed.length - 1} more` : '';
  const hint = 'mend the file, or load it by hand with what it lacks: tidemark load';
  throw new Error(
    `${first.location} of ${first.dataset}${others} could not be loaded (${first.error}): ${hint}`,
  );
}

function list(paths: readonly string[]): string {
  const more = paths.length > SHOWN ? ` and ${paths.length - SHOWN} more` : '';
  return `${paths.slice(0, SHOWN).join(', ')}${more}`;
}
