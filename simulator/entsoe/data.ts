// The document or zip that answers a request.
import { type Answer, answer } from '../answer.ts';
import { dayEndMs, dayStartMs, daysTouched } from '../business-day.ts';
import { rowsWithFaults, type Take } from '../data-endpoint.ts';
import { unitOf } from '../random.ts';
import { createRow, type Row } from '../rows.ts';
import type { Window } from '../window.ts';
import { type Area, areaOfEic, areNeighbours } from './areas.ts';
import { documentText, seriesTexts, type Wording } from './document.ts';
import { entsoeForms } from './forms.ts';
import type { Kind } from './kinds.ts';
import { outagesFor } from './outage-answer.ts';
import { compact, paged, zipAnswer } from './pages.ts';
import type { EntsoeContext } from './publisher.ts';
import { recordedAnswer } from './recorded.ts';
import { entsoeTable } from './tables.ts';
import type { Wanted } from './wanted.ts';

interface Moment {
  readonly nowMs: number;
  readonly number: number;
  readonly take: Take;
}

/** The answer to an admissible request. */
export function dataFor(context: EntsoeContext, wanted: Wanted, moment: Moment): Answer {
  const { recordings } = context;
  const nothing = entsoeForms(moment.nowMs, wanted).nothing();
  if (recordings) return recordedAnswer(recordings, wanted.parameters, wanted.eics, wanted.window) ?? nothing;
  const areas = wanted.eics.map(areaOfEic);
  if (!areas.every((area) => area !== undefined)) return nothing;
  const { kind } = wanted;
  const isElsewhere = kind.name === 'A78' && !areNeighbours(areas[0] as Area, areas[1] as Area);
  if (isElsewhere) return nothing;
  const made =
    'columns' in kind
      ? valuesFor(context, wanted, kind, areas, moment)
      : outagesFor(context, wanted, kind, moment.nowMs);
  return made ?? nothing;
}

function valuesFor(
  context: EntsoeContext,
  wanted: Wanted,
  kind: Kind,
  areas: readonly Area[],
  { nowMs, number, take }: Moment,
): Answer | undefined {
  const { window, parameters } = wanted;
  const settings = context.settings();
  const [area, other] = areas as [Area, Area?];
  // A price is of one area, named twice.
  if (kind.name === 'A44' && area !== other) return undefined;
  const table = entsoeTable(context.generated, kind, area, other);
  const period = kind.whole ? wholeDays(window) : window;
  const published = rowsWithFaults(table, { faults: context.faults, nowMs, window: period, take });
  const rows = settings.zeros.includes(area.code)
    ? withZeros(published, table.columns[0]?.key, period)
    : published;
  const mrid = idOf(context, number);
  const wording: Wording = {
    kind,
    columns: table.columns,
    curve: settings.curve,
    window: period,
    nowMs,
    mrid,
    eic: area.eic,
  };
  const series = paged(
    seriesTexts(rows, wording),
    parameters,
    settings.instances,
    settings.offset,
    wanted.item,
  );
  if (series.length === 0) return undefined;
  return documentAnswer(documentText(series, wording), kind, window);
}

/** Zeros for whole days without published values. */
function withZeros(rows: readonly Row[], key = 'ts_0', { fromMs, toMs }: Window): readonly Row[] {
  const empty = daysTouched(fromMs, toMs).filter(
    (day) => !rows.some(({ startsAtMs }) => startsAtMs >= dayStartMs(day) && startsAtMs < dayEndMs(day)),
  );
  const zeros = empty.flatMap((day) => {
    const quarters = (dayEndMs(day) - dayStartMs(day)) / 900_000;
    return Array.from({ length: quarters }, (_, i) => createRow(dayStartMs(day) + i * 900_000, [[key, '0']]));
  });
  return [...rows, ...zeros].toSorted((a, b) => a.startsAtMs - b.startsAtMs);
}

function wholeDays({ fromMs, toMs }: Window): Window {
  const days = daysTouched(fromMs, toMs);
  return { fromMs: dayStartMs(days[0] ?? ''), toMs: dayEndMs(days.at(-1) ?? '') };
}

function documentAnswer(text: string, { file, zipped }: Kind, window: Window): Answer {
  const span = `${compact(window.fromMs)}-${compact(window.toMs)}`;
  if (zipped === undefined)
    return {
      ...answer(200, 'text/xml', text),
      headers: { 'content-disposition': `inline; filename="${file}_${span}.xml"` },
    };
  return zipAnswer(file, span, [{ name: `001-${zipped}_${span}.xml`, body: Buffer.from(text) }]);
}

function idOf({ generated }: EntsoeContext, number: number): string {
  const part = (name: string) => Math.floor(unitOf(generated.seed, `${name} ${number}`) * 2 ** 32);
  return ['a', 'b', 'c', 'd'].map((name) => part(name).toString(16).padStart(8, '0')).join('');
}
