/**
 * Registers a file that stands in for a source: downloaded as it is now, unpacked into the folder of files, read once. If it has changed
 * since it was found, this version is loaded, and again after the next poll. Its lines are in no order: it is one range.
 */
import type { PulledPoints } from '../../domain/dataset/points.ts';
import type { StandIn } from '../../domain/dataset/stand-in.ts';
import type { LoadFileInput, RegisteredFile } from '../../domain/files/load.ts';
import { UNPACK_LIMITS } from '../../domain/files/unpack-limits.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import type { Dependencies } from '../dependencies.ts';
import { assertLiveOrSimulated } from '../ingest/live-or-simulated.ts';
import { KeptTexts } from './kept-texts.ts';
import { register, registered } from './register-load.ts';
import { standInContext } from './stand-in-context.ts';
import { openBytes } from './text-file.ts';
import { eachLine } from './text-lines.ts';

/** @throws Failure BAD_INPUT where it is not a file that the source announces; those of a request */
export async function registerStandIn(
  deps: Dependencies,
  dataset: PulledPoints,
  input: LoadFileInput,
): Promise<RegisteredFile> {
  const { database, filesFolder, unpackLimits: limits = UNPACK_LIMITS } = deps;
  const standIn = dataset.pull.standIn as StandIn;
  const texts = filesFolder === undefined ? undefined : new KeptTexts(database, filesFolder);
  const { headers, body } = await standIn.download(input.file, standInContext(deps, dataset.source, standIn));
  const text = await openBytes(body, input.file, { texts, limits });
  try {
    const read = await readOnce(text.path, input.file, standIn);
    const load = await register(...([deps, texts, dataset, input, { ...text, ...read }] as const), (sql) =>
      assertLiveOrSimulated(sql, { headers, url: input.file }),
    );
    return registered(load, read.ranges, true);
  } catch (error) {
    await texts?.drop(text.path).catch(() => undefined);
    throw error;
  }
}

async function readOnce(path: string, name: string, standIn: StandIn) {
  let [lines, names] = [0, ''];
  const facts = await eachLine(path, (line, number) => {
    lines = number;
    if (number > 1) return;
    names = line;
    assertHeader(standIn, line, name);
  });
  if (lines === 0) throw new Failure('BAD_INPUT', `${name} is empty: it has not even names of columns`);
  const { sha256, sizeBytes } = facts;
  const range = { byteFrom: 0, byteTo: sizeBytes, firstLine: 1, sha256: sha256.toString('hex') };
  return { sha256, sizeBytes, lines, ranges: [range], form: { names } };
}

function assertHeader(standIn: StandIn, header: string, name: string): void {
  try {
    standIn.sorter(header);
  } catch (error) {
    if (error instanceof RangeError) throw new Failure('BAD_INPUT', `${name}: ${error.message}`);
    throw error;
  }
}
