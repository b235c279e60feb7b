// Answers one request to /core/api/data/<dataset>: checks the window, asks for the rows, lets the faults act.
import { type Answer, jsonText, problem } from './answer.ts';
import { dayEndMs, dayOf, dayStartMs } from './business-day.ts';
import type { Stage } from './fault-kind.ts';
import type { Acting, FaultSet } from './fault-set.ts';
import { publishedRows } from './published-rows.ts';
import type { RowSource } from './row-source.ts';
import { envelopeText, type Row } from './rows.ts';
import { type FieldErrors, WIDEST_MS, type Window } from './window.ts';

/** What an answer is made from. */
export interface DataRequest {
  readonly source: RowSource;
  readonly faults: FaultSet;
  readonly nowMs: number;
  readonly path: string;
  readonly window: Window;
  /** How often this window was asked for before; faults with a share depend on it. */
  readonly attempt: number;
}

/** An answer with the names of the faults that acted on it. */
export interface DataAnswer {
  readonly answer: Answer;
  readonly faults: readonly string[];
}

/** Takes the faults of a stage that act on this request, and notes their names. */
type Take = <S extends Stage>(stage: S, touches?: (day: string) => boolean) => Acting<S>[];

/** Answers a GET whose window can be read. */
export function answerData(request: DataRequest): DataAnswer {
  const { window, path } = request;
  const names: string[] = [];
  const key = `${window.fromMs} ${window.toMs} ${request.attempt}`;
  const take: Take = (stage, touches = touchesDay(window)) => {
    // Of the answers that could stand in for the data one is given; the others wait for the next request.
    const most = stage === 'answer' ? 1 : Number.POSITIVE_INFINITY;
    const found = request.faults.take(stage, { key, touches }, most);
    names.push(...found.map(({ name }) => name));
    return found;
  };
  const plain = take('answer')[0]?.effect(path) ?? answerWindow(request, take);
  const delivery = take('delivery').map(({ effect }) => effect);
  return {
    answer: { ...plain, delivery: Object.assign({}, plain.delivery, ...delivery) },
    faults: names,
  };
}

/** The 400 for a window that cannot be read. */
export function badWindowAnswer(path: string, errors: FieldErrors): Answer {
  return problem(400, 'The request has parameters that cannot be used.', path, errors);
}

function answerWindow(request: DataRequest, take: Take): Answer {
  const { window, path } = request;
  const tooWide = window.toMs - window.fromMs > WIDEST_MS;
  const clamp = tooWide ? take('window')[0] : undefined;
  if (tooWide && !clamp)
    return badWindowAnswer(path, { ToUtc: ['The window must not be wider than 2 days.'] });
  const rows = rowsWithFaults(request, clamp?.effect(window) ?? window, take);
  const plain = jsonText(200, envelopeText(rows));
  return take('body').reduce((answer, { effect }) => effect(answer), plain);
}

function rowsWithFaults({ source, faults, nowMs }: DataRequest, window: Window, take: Take): readonly Row[] {
  const rows = publishedRows(source, faults, window, nowMs);
  if (rows.length === 0) return rows;
  const changes = take('rows', (day) => rows.some((row) => dayOf(row.startsAtMs) === day));
  return changes.reduce((all: readonly Row[], change) => changeRows(all, change, window), rows);
}

/** Lets a fault change the rows of its day, or all of them when it has none. */
function changeRows(rows: readonly Row[], { day, effect }: Acting<'rows'>, window: Window): readonly Row[] {
  if (day === undefined) return effect(rows, window);
  const mine = rows.filter((row) => dayOf(row.startsAtMs) === day);
  if (!mine[0]) return rows;
  const first = rows.indexOf(mine[0]);
  const others = rows.filter((row) => !mine.includes(row));
  return [...others.slice(0, first), ...effect(mine, window), ...others.slice(first)];
}

function touchesDay({ fromMs, toMs }: Window): (day: string) => boolean {
  return (day) => dayStartMs(day) < toMs && dayEndMs(day) > fromMs;
}
