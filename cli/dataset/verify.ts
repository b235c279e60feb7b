/** `tidemark dataset verify`: compares stored values with a recorded answer, value by value. */

import { openSnapshot } from '../../db/connection/snapshot.ts';
import type { Cells } from '../../db/queries/answers/cells.ts';
import { tableOf } from '../../db/read/table.ts';
import { type Dataset, isOfRecords, isPulledPoints } from '../../domain/dataset/dataset.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import type { RecordDataset } from '../../domain/dataset/records.ts';
import { answerToDay, interpret } from '../../domain/interpret/interpret.ts';
import { interpretRecords } from '../../domain/interpret/interpret-records.ts';
import { readStoredJson } from '../../domain/values/exact-json.ts';
import { canonicalJson } from '../../domain/values/json.ts';
import { doubtsAbout } from '../../kit/testing/recorded/doubts.ts';
import { readDay } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { readQuestion } from '../query-question.ts';
import { UsageError } from '../usage-error.ts';
import { readBody } from './try.ts';

export interface VerifyOptions {
  readonly day: string;
  readonly body: string;
  readonly part?: string;
  readonly asOf?: string;
  readonly json?: true;
}

/** The value of each point or record, by its name and time. */
type Values = ReadonlyMap<string, string>;

interface Difference {
  readonly what: string;
  /** Null: nothing is there. */
  readonly recorded: string | null;
  readonly stored: string | null;
}

const MOST_SHOWN = 20;

/** @returns 0 if both agree, and the recording is whole and read as its own names say */
export async function verifyDataset(
  context: CliContext,
  id: string,
  options: VerifyOptions,
): Promise<number> {
  const dataset = context.catalog.find(id);
  const day = readDay('--day', options.day);
  const body = await readBody(context, options.body);
  const recorded = valuesOfBody(dataset, day, body, options.part);
  const about = options.part === undefined ? {} : { part: options.part };
  const doubts = await doubtsAbout(dataset as PulledPoints | RecordDataset, {
    ...{ unit: day, content: body, about },
    // Saved by a person: it may answer a wider request.
    isWider: true,
  });
  const all = await valuesInSql(context, dataset, day, options.asOf);
  const stored = options.part === undefined ? all : ofSeries(all, recorded);
  const differences = differencesOf(recorded, stored);
  const things = isOfRecords(dataset) ? 'records' : 'points';
  const result = {
    dataset: id,
    day,
    recorded: recorded.size,
    stored: stored.size,
    equal: recorded.size - missing(differences),
    differences,
    doubts,
  };
  const doubtLines = doubts.map((doubt) => `  check: ${doubt}`);
  context.print(result, () =>
    differences.length === 0
      ? [
          `${id} of ${day}: ${doubts.length === 0 ? 'all' : 'the'} ${recorded.size} ${things} ${doubts.length === 0 ? '' : 'that were read '}are the same in SQL`,
          ...doubtLines,
        ].join('\n')
      : [
          `${id} of ${day}: ${recorded.size} ${things} recorded, ${stored.size} in SQL, ${differences.length} differ`,
          ...differences
            .slice(0, MOST_SHOWN)
            .map(
              ({ what, recorded: is, stored: other }) =>
                `  ${what}: recorded ${is ?? 'nothing'}, in SQL ${other ?? 'nothing'}`,
            ),
          ...(differences.length > MOST_SHOWN
            ? [`  and ${differences.length - MOST_SHOWN} more (--json lists all)`]
            : []),
          ...doubtLines,
        ].join('\n'),
  );
  return differences.length + doubts.length === 0 ? 0 : 1;
}

function missing(differences: readonly Difference[]): number {
  return differences.filter(({ recorded }) => recorded !== null).length;
}

/** @throws UsageError where the body is refused as a whole */
function valuesOfBody(dataset: Dataset, day: string, body: Uint8Array, part = ''): Values {
  const read = isPulledPoints(dataset)
    ? interpret(dataset, day, body, undefined, answerToDay(dataset, day, { part }))
    : isOfRecords(dataset)
      ? interpretRecords(dataset, day, body)
      : undefined;
  if (!read)
    throw new UsageError(`${dataset.id} is not requested day by day: there is no one answer to compare`);
  if (read.kind === 'refused') throw new UsageError(`the body is refused: ${read.findings[0]?.reason}`);
  if ('points' in read)
    return new Map(
      read.points.map(({ series, startsAtMs, value }) => [nameOf(series, startsAtMs), String(value)]),
    );
  return new Map(
    read.records.flatMap(({ key, startsAtMs, body: recordBody }) =>
      recordBody === null ? [] : [[nameOf(key, startsAtMs), recordBody] as const],
    ),
  );
}

/** Only the series in the recorded part: it says nothing about the others of the day. */
function ofSeries(all: Values, recorded: Values): Values {
  const seriesOf = (name: string) => name.slice(name.indexOf(' ') + 1);
  const names = new Set([...recorded.keys()].map(seriesOf));
  return new Map([...all].filter(([name]) => names.has(seriesOf(name))));
}

async function valuesInSql(
  context: CliContext,
  dataset: Dataset,
  day: string,
  asOf: string | undefined,
): Promise<Values> {
  // A record may belong to another day than that of its own time.
  const range = isOfRecords(dataset) ? {} : { from: day, to: day };
  const question = await readQuestion(context, dataset, {
    ...range,
    ...(asOf === undefined ? {} : { asOf }),
  });
  const snapshot = await openSnapshot(context.database('tidemark_reader'));
  const texts = new Map<string, string>();
  try {
    const { columns, read } = tableOf(question);
    const at = (name: string) => columns.findIndex((column) => column.name === name);
    const [starts, of] = [at('starts_at'), at('delivery_day')];
    const [name, what] = isOfRecords(dataset) ? [at('key'), at('body')] : [at('series'), at('value')];
    for await (const rows of read(snapshot, { after: null, limit: null }))
      for (const row of rows)
        if (row[of] === day)
          texts.set(nameOf(String(row[name]), Date.parse(String(row[starts]))), textOf(dataset, row[what]));
  } finally {
    snapshot.release();
  }
  return texts;
}

function textOf(dataset: Dataset, cell: Cells[number] | undefined): string {
  return isOfRecords(dataset) ? canonicalJson(readStoredJson(String(cell))) : String(cell);
}

function nameOf(name: string, startsAtMs: number): string {
  return `${new Date(startsAtMs).toISOString().replace('.000Z', 'Z')} ${name}`;
}

function differencesOf(recorded: Values, stored: Values): Difference[] {
  const names = [...new Set([...recorded.keys(), ...stored.keys()])].toSorted();
  return names
    .map((what) => ({ what, recorded: recorded.get(what) ?? null, stored: stored.get(what) ?? null }))
    .filter(({ recorded: is, stored: other }) => is !== other);
}
