/**
 * Activity `registerFile`: reads a file once, detects how its lines are to be read, registers it and cuts it into ranges. A file known by
 * path, size and modification time, or by its content, is not loaded again while its load stands.
 */
import { stat } from 'node:fs/promises';
import { assertEnabled } from '../../db/queries/catalog/enabling.ts';
import { filesFoundAt, finishedLoad, type StoredLoad } from '../../db/queries/files/loads.ts';
import { type Dataset, isOfRecords } from '../../domain/dataset/dataset.ts';
import type { FiledPoints } from '../../domain/dataset/points.ts';
import type { FileForm } from '../../domain/files/file-form.ts';
import { assertRecordsForm, type LoadFileInput, type RegisteredFile } from '../../domain/files/load.ts';
import { UNPACK_LIMITS } from '../../domain/files/unpack-limits.ts';
import { FAILURES, Failure } from '../../domain/workflow/failures.ts';
import type { Dependencies } from '../dependencies.ts';
import { ofLines } from '../lines/fold-lines.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { KeptTexts } from './kept-texts.ts';
import { signatureOf } from './look-for-files.ts';
import { readWholeRecords } from './read-records.ts';
import { readWhole, type TextToRead } from './read-whole.ts';
import { canStand, register, registered } from './register-load.ts';
import { modifiedAt, openText } from './text-file.ts';

export function createRegisterFile(deps: Dependencies): (input: LoadFileInput) => Promise<RegisteredFile> {
  return temporalActivity(async (input) => {
    const dataset = deps.catalog.find(input.dataset);
    if (!dataset.files)
      throw new Failure('BAD_INPUT', `${dataset.id} is not a dataset of files: nothing is loaded into it`);
    await assertEnabled(deps.database, dataset.id);
    if (isOfRecords(dataset)) assertRecordsForm(input);
    const known = await knownLoad(deps, dataset, input);
    if (known) return registered(known, []);
    await assertAsSeen(input);
    return await readAndRegister(deps, dataset, input);
  }, deps.retryRules);
}

/**
 * Finds a known file without reading it: by path, size, modification time and how it is to be read. It has to be loaded all the same if
 * another file has changed its days since.
 */
async function knownLoad(
  { database }: Dependencies,
  dataset: Dataset,
  input: LoadFileInput,
): Promise<StoredLoad | undefined> {
  if (!canStand(dataset)) return undefined;
  const changedAt = await modifiedAt(input.file);
  if (changedAt === null || input.verify) return undefined;
  const [known, other] = await filesFoundAt(database, input.dataset, input.file, changedAt);
  if (!known || other || !isStated(known.form, input.form)) return undefined;
  // Checks that its text is unchanged: of a packed file it is our own copy.
  const text = await stat(known.location).catch(() => undefined);
  return text?.size === known.sizeBytes ? await finishedLoad(database, known.id) : undefined;
}

function isStated(form: StoredLoad['form'], stated: Partial<FileForm> = {}): boolean {
  return Object.entries(stated).every(
    ([name, value]) => JSON.stringify(form[name as keyof typeof form]) === JSON.stringify(value),
  );
}

async function readAndRegister(
  deps: Dependencies,
  dataset: Dataset,
  input: LoadFileInput,
): Promise<RegisteredFile> {
  const { database, filesFolder, unpackLimits: limits = UNPACK_LIMITS, rangeBytes } = deps;
  const { file: name, form: stated = {} } = input;
  const texts = filesFolder === undefined ? undefined : new KeptTexts(database, filesFolder);
  const text = await openText(name, { texts, limits, encoding: stated.encoding });
  try {
    const about = { path: text.path, name, stated, rangeBytes };
    const read = isOfRecords(dataset)
      ? await readWholeRecords(ofLines(dataset), about)
      : await readPoints(dataset as FiledPoints, about);
    await assertAsSeen(input);
    const load = await register(deps, texts, dataset, input, { ...text, ...read });
    // Records of a known file are not read again.
    if (load.result) await texts?.drop(load.location);
    return registered(load, read.ranges, isOfRecords(dataset));
  } catch (error) {
    // If the database does not answer, it is swept later.
    if (text.isUnnamed || isRefusal(error)) await texts?.drop(text.path).catch(() => undefined);
    throw error;
  }
}

/** A file still being written would be loaded in part. @throws Failure FILE_CHANGED */
async function assertAsSeen({ file, seen }: LoadFileInput): Promise<void> {
  if (seen === undefined || (await signatureOf(file)) === seen) return;
  throw new Failure('FILE_CHANGED', `file "${file}" has changed since it was found: it is looked at again`);
}

async function readPoints(dataset: FiledPoints, about: TextToRead) {
  const { found, ...read } = await readWhole(dataset, about);
  return { ...read, form: found.form };
}

/** Whether the file as it is will never be read again. */
function isRefusal(error: unknown): boolean {
  return error instanceof Failure && FAILURES[error.code].class === 'bad_request';
}
