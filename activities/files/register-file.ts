/**
 * Activity `registerFile`: reads a file once, finds out how its lines are to be read, registers it and cuts it into ranges. A
 * file that is known by path, size and time of change, or by its content, is not loaded again as long as its load stands.
 */
import { stat } from 'node:fs/promises';
import { transaction } from '../../db/connection/client.ts';
import { filesFoundAt, registerFile } from '../../db/queries/files/files.ts';
import { finishedLoad, loadById, registerLoad, type StoredLoad } from '../../db/queries/files/loads.ts';
import { type Dataset, isOfRecords } from '../../domain/dataset/dataset.ts';
import type { FiledPoints } from '../../domain/dataset/points.ts';
import type { FileForm } from '../../domain/files/file-form.ts';
import { assertRecordsForm, type LoadFileInput, type RegisteredFile } from '../../domain/files/load.ts';
import { UNPACK_LIMITS } from '../../domain/files/unpack-limits.ts';
import { FAILURES, Failure } from '../../domain/workflow/failures.ts';
import type { Dependencies } from '../dependencies.ts';
import { ofLines } from '../lines/fold-lines.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { thisRun } from '../this-run.ts';
import { KeptTexts } from './kept-texts.ts';
import { signatureOf } from './look-for-files.ts';
import { readWhole, type TextToRead } from './read-whole.ts';
import { readWholeRecords, type WholeRecords } from './read-whole-records.ts';
import { modifiedAt, openText, placeOf, type TextFile } from './text-file.ts';

export function createRegisterFile(deps: Dependencies): (input: LoadFileInput) => Promise<RegisteredFile> {
  return temporalActivity(async (input) => {
    const dataset = deps.catalog.find(input.dataset);
    if (!dataset.files)
      throw new Failure('BAD_INPUT', `${dataset.id} is not a dataset of files: nothing is loaded into it`);
    if (isOfRecords(dataset)) assertRecordsForm(input);
    const known = await knownLoad(deps, dataset, input);
    if (known) return registered(known, []);
    await assertAsSeen(input);
    return await readAndRegister(deps, dataset, input);
  }, deps.retryRules);
}

/**
 * What tells a known file without reading it: its path, its size, when it was changed, and how it is to be read. It has
 * to be loaded all the same when another file has changed its days since.
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
  // Its text is what it was: of a packed file it is our own copy.
  const text = await stat(known.location).catch(() => undefined);
  return text?.size === known.sizeBytes ? await finishedLoad(database, known.id) : undefined;
}

/** Where what comes last counts, a file may say something new each time it is loaded. */
function canStand(dataset: Dataset): boolean {
  return !isOfRecords(dataset) || dataset.versions !== 'by-arrival';
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
    // Of records that are known nothing will be read again.
    if (load.result) await texts?.drop(load.location);
    return registered(load, read.ranges, isOfRecords(dataset));
  } catch (error) {
    // Swept later where the database does not answer.
    if (text.isUnnamed || isRefusal(error)) await texts?.drop(text.path).catch(() => undefined);
    throw error;
  }
}

/** What is written while it is read would be loaded in part. @throws Failure FILE_CHANGED */
async function assertAsSeen({ file, seen }: LoadFileInput): Promise<void> {
  if (seen === undefined || (await signatureOf(file)) === seen) return;
  throw new Failure('FILE_CHANGED', `file "${file}" has changed since it was found: it is looked at again`);
}

async function readPoints(dataset: FiledPoints, about: TextToRead) {
  const { found, ...read } = await readWhole(dataset, about);
  return { ...read, form: found.form };
}

/** Whether nobody will read the file again as it is. */
function isRefusal(error: unknown): boolean {
  return error instanceof Failure && FAILURES[error.code].class === 'bad_request';
}

type ReadText = TextFile & Omit<WholeRecords, 'form'> & { readonly form: StoredLoad['form'] };

/** How its lines are read, and how the file was written where that was not in UTF-8. */
function formOf({ encoding, form }: ReadText): StoredLoad['form'] {
  return encoding === 'utf-8' ? form : { ...form, encoding };
}

/** @returns the load of this run, or an earlier one of the same file that still stands. */
async function register(
  { database, clock }: Dependencies,
  texts: KeptTexts | undefined,
  dataset: Dataset,
  { file: name }: LoadFileInput,
  text: ReadText,
): Promise<StoredLoad> {
  const { path, isUnnamed, modifiedAt: changedAt, sha256, sizeBytes, lines } = text;
  const folder = isUnnamed ? texts : undefined;
  const location = folder?.placeOf(sha256) ?? path;
  const load = await transaction(database, async (sql) => {
    await folder?.note(sql, sha256);
    const facts = { dataset: dataset.id, name, location, sha256, sizeBytes, lines };
    const form = formOf(text);
    const file = await registerFile(sql, { ...facts, modifiedAt: changedAt, form });
    const finished = canStand(dataset) ? await finishedLoad(sql, file.id) : undefined;
    if (finished) return finished;
    const loadId = await registerLoad(sql, { fileId: file.id, registeredAt: clock.now(), ...thisRun() });
    return await loadById(sql, loadId);
  });
  await folder?.move(path, sha256);
  return load;
}

function registered(load: StoredLoad, ranges: RegisteredFile['ranges'], inOrder = false): RegisteredFile {
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
