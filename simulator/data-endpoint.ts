// Answers one request for data of a table: applies the faults, stage by stage, to the publisher's answer.
import type { Answer, AnswerForms } from './answer.ts';
import { dayEndMs, dayOf, dayStartMs } from './business-day.ts';
import type { Stage } from './fault-kind.ts';
import type { Acting, FaultSet } from './fault-set.ts';
import { publishedRows } from './published-rows.ts';
import type { Row, TableRows } from './rows.ts';
import type { Window } from './window.ts';

/** What an answer is made from. */
export interface DataRequest {
  /** The name used by faults. */
  readonly table: string;
  readonly faults: FaultSet;
  readonly window: Window;
  /** How often this window of the table was requested before; faults with a share depend on it. */
  readonly attempt: number;
  readonly forms: AnswerForms;
  /** The publisher's answer to a window that is too wide; undefined for any other. */
  tooWide(window: Window): Answer | undefined;
  /** Its answer to any other window. */
  dataOf(window: Window, take: Take): Answer;
}

/** An answer with the names of the faults applied to it. */
export interface DataAnswer {
  readonly answer: Answer;
  readonly faults: readonly string[];
}

/** Takes the faults of a stage that apply to this request, and records their names. */
export type Take = <S extends Stage>(stage: S, touches?: (day: string) => boolean) => Acting<S>[];

/** Answers a GET with a readable window. */
export function answerData(request: DataRequest): DataAnswer {
  const { window, table, forms } = request;
  const names: string[] = [];
  const key = `${table} ${window.fromMs} ${window.toMs} ${request.attempt}`;
  const take: Take = (stage, touches = touchesDay(window)) => {
    // Only one of the faults that replace the answer is used; the others wait for the next request.
    const most = stage === 'answer' ? 1 : Number.POSITIVE_INFINITY;
    const found = request.faults.take(stage, { key, table, touches }, most);
    names.push(...found.map(({ name }) => name));
    return found;
  };
  const plain = take('answer')[0]?.effect(forms) ?? answerWindow(request, take);
  const delivery = take('delivery').map(({ effect }) => effect);
  return {
    answer: { ...plain, delivery: Object.assign({}, plain.delivery, ...delivery) },
    faults: names,
  };
}

function answerWindow({ window, tooWide, dataOf }: DataRequest, take: Take): Answer {
  const refused = tooWide(window);
  const clamp = refused ? take('window')[0] : undefined;
  if (refused && !clamp) return refused;
  const plain = dataOf(clamp?.effect(window) ?? window, take);
  return take('body').reduce((answer, { effect }) => effect(answer), plain);
}

/** The rows of a window as published at an instant, changed by faults. */
export function rowsWithFaults(
  table: TableRows,
  { faults, nowMs, window, take }: { faults: FaultSet; nowMs: number; window: Window; take: Take },
): readonly Row[] {
  const rows = publishedRows(table, faults, window, nowMs);
  if (rows.length === 0) return rows;
  const changes = take('rows', (day) => rows.some((row) => dayOf(row.startsAtMs) === day));
  return changes.reduce((all: readonly Row[], change) => changeRows(all, change, window), rows);
}

/** Lets a fault change the rows of its day, or all of them if it has none. */
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
