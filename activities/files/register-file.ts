/**
 * Activity `registerFile`: reads a file once, finds out how its lines are to be read, registers it and cuts it into ranges. A
 * file that is known by path, size and time of change, or by its content, is not loaded again.
 */
import { open, stat } from 'node:fs/promises';
import { fileByName, registerFile, type StoredFile } from '../../db/queries/files.ts';
import { isFiled, isOfRecords } from '../../domain/any-dataset.ts';
import { Failure } from '../../domain/failures.ts';
import type { FileDataset } from '../../domain/file-dataset.ts';
import type { FileForm } from '../../domain/file-form.ts';
import { FormFinder } from '../../domain/lines/form-finder.ts';
import type { LoadFileInput, RegisteredFile } from '../../domain/load.ts';
import type { Dependencies } from '../dependencies.ts';
import { ofLines } from '../fold-lines.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { thisRun } from '../this-run.ts';
import { cutRanges } from './cut-ranges.ts';
import { loadRecords } from './load-records.ts';
import { modifiedAt, placeOf, readText, type TextFile } from './text-file.ts';

export function createRegisterFile(deps: Dependencies): (input: LoadFileInput) => Promise<RegisteredFile> {
  return temporalActivity(async (input) => {
    const dataset = deps.catalog.find(input.dataset);
    if (isOfRecords(dataset)) return await loadRecords(deps, ofLines(dataset), input);
    if (!isFiled(dataset))
      throw new Failure('BAD_INPUT', `${dataset.id} is not a dataset of files: nothing is loaded into it`);
    const known = await knownFile(deps, input);
    if (known) return registered(known, []);
    return await readAndRegister(deps, dataset, input);
  }, deps.retryRules);
}

/** What tells a known file without reading it: its path, its size, when it was changed, and how it is to be read. */
async function knownFile({ database }: Dependencies, input: LoadFileInput): Promise<StoredFile | undefined> {
  const changedAt = await modifiedAt(input.file);
  if (changedAt === null || input.verify) return undefined;
  const known = await fileByName(database, input.dataset, input.file);
  if (!known?.verdict || known.modifiedAt?.getTime() !== changedAt.getTime()) return undefined;
  if (!isStated(known.form, input.form)) return undefined;
  // Its text is what it was: of a packed file it is our own copy.
  const text = await stat(known.location).catch(() => undefined);
  return text?.size === known.sizeBytes ? known : undefined;
}

function isStated(form: FileForm, stated: Partial<FileForm> = {}): boolean {
  return Object.entries(stated).every(
    ([name, value]) => JSON.stringify(form[name as keyof FileForm]) === JSON.stringify(value),
  );
}

async function readAndRegister(
  { database, clock, filesFolder }: Dependencies,
  dataset: FileDataset,
  input: LoadFileInput,
): Promise<RegisteredFile> {
  const finder = new FormFinder(dataset, input.form ?? {});
  const text = await readText(input.file, {
    folder: filesFolder,
    encoding: input.form?.encoding,
    listen: (piece) => finder.add(piece),
  });
  if (text.sizeBytes === 0)
    throw new Failure('BAD_INPUT', `${input.file} is empty: there is nothing to load`);
  const handle = await open(text.location);
  try {
    const form = formOf(text, finder);
    const ranges = await cutRanges(handle, { ...text, form, timeZone: dataset.source.timeZone });
    const file = await registerFile(database, {
      ...factsOf(text),
      ...{ dataset: dataset.id, name: input.file, form, registeredAt: clock.now(), ...thisRun() },
    });
    return registered(file, ranges);
  } finally {
    await handle.close();
  }
}

/** How its lines are read, and how the file was written where that was not in UTF-8. */
function formOf({ encoding }: TextFile, finder: FormFinder): FileForm {
  const { form } = finder.end();
  return encoding === 'utf-8' ? form : { ...form, encoding };
}

function factsOf({ location, modifiedAt: changedAt, sha256, sizeBytes, lines }: TextFile) {
  return { location, modifiedAt: changedAt, sha256, sizeBytes, lines };
}

function registered(file: StoredFile, ranges: RegisteredFile['ranges']): RegisteredFile {
  return {
    fileId: file.id,
    name: placeOf(file.name).place,
    sha256: file.sha256.toString('hex'),
    sizeBytes: file.sizeBytes,
    lines: file.lines,
    registeredAt: file.registeredAt.toISOString(),
    ranges: file.verdict ? [] : ranges,
    verdict: file.verdict,
  };
}
