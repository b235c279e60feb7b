/** Registers a file that was read, and its load. */
import {
  type DaysCovered,
  finishedLoad,
  finishLoad,
  loadById,
  registerFile,
  registerLoad,
  type StoredLoad,
} from '../../db/queries/files/loads.ts';
import { type Dataset, isOfRecords } from '../../domain/dataset/dataset.ts';
import type { LoadFileInput, LoadResult, RegisteredFile } from '../../domain/files/load.ts';
import type { Dependencies } from '../dependencies.ts';
import { once } from '../once.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { thisRun } from '../this-run.ts';
import { KeptTexts } from './kept-texts.ts';
import type { WholeRecords } from './read-records.ts';
import { placeOf, type TextFile } from './text-file.ts';

/** False where the latest payload counts: loading the same file again may then change something. */
export function canStand(dataset: Dataset): boolean {
  return !isOfRecords(dataset) || dataset.versions !== 'by-arrival';
}

/** A text that was read, and how its load starts. */
type ReadText = TextFile & Omit<WholeRecords, 'form'> & { readonly form: StoredLoad['form'] };

/** How its lines are read, and the original encoding unless it was UTF-8. */
function formOf({ encoding, form }: ReadText): StoredLoad['form'] {
  return encoding === 'utf-8' ? form : { ...form, encoding };
}

/** @returns the load of this run, or an earlier one of the same file that still stands. */
export async function register(
  { database, clock }: Dependencies,
  texts: KeptTexts | undefined,
  dataset: Dataset,
  { file: name }: LoadFileInput,
  text: ReadText,
): Promise<StoredLoad> {
  const { path, isUnnamed, modifiedAt: changedAt, sha256, sizeBytes, lines, ranges } = text;
  const folder = isUnnamed ? texts : undefined;
  const location = folder?.placeOf(sha256) ?? path;
  await folder?.note(database, sha256);
  const id = await once(database, async (sql) => {
    const facts = { dataset: dataset.id, name, location, sha256, sizeBytes, lines, ...daysOf(ranges) };
    const form = formOf(text);
    const file = await registerFile(sql, { ...facts, modifiedAt: changedAt, form });
    const finished = canStand(dataset) ? await finishedLoad(sql, file.id) : undefined;
    if (finished) return finished.loadId;
    return await registerLoad(sql, { fileId: file.id, registeredAt: clock.now(), ...thisRun() });
  });
  await folder?.move(path, sha256);
  return await loadById(database, id);
}

function daysOf(ranges: ReadText['ranges']): Partial<DaysCovered> {
  const firstDay = ranges[0]?.firstDay;
  const lastDay = ranges.at(-1)?.lastDay;
  return firstDay && lastDay ? { firstDay, lastDay } : {};
}

export function registered(
  load: StoredLoad,
  ranges: RegisteredFile['ranges'],
  inOrder = false,
): RegisteredFile {
  return {
    loadId: load.loadId,
    name: placeOf(load.name).place,
    sha256: load.sha256.toString('hex'),
    sizeBytes: load.sizeBytes,
    lines: load.lines,
    registeredAt: load.registeredAt.toISOString(),
    ranges: load.result ? [] : ranges,
    result: load.result,
    ...(inOrder ? { inOrder } : {}),
  };
}

// Activity `finishLoad`: records the outcome of a load. While that load stands, loading the same file again does nothing. Unpacked text is
// removed if no payload refers to it: records never do, nor does a load that stopped before it wrote anything.

interface FinishLoadInput {
  readonly loadId: number;
  readonly result: LoadResult;
  /** Why it stopped early; null where it did not. */
  readonly stopped: string | null;
}

export function createFinishLoad({
  clock,
  database,
  filesFolder,
  retryRules,
}: Dependencies): (input: FinishLoadInput) => Promise<void> {
  return temporalActivity(async ({ loadId, result, stopped }) => {
    await once(database, (sql) => finishLoad(sql, loadId, clock.now(), result, stopped));
    if (filesFolder === undefined) return;
    const { location } = await loadById(database, loadId);
    await new KeptTexts(database, filesFolder).drop(location);
  }, retryRules);
}
