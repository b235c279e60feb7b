// The tables of an area: the rows of a day as of an instant, a column for each TimeSeries.
import { dayEndMs, dayStartMs } from '../business-day.ts';
import { createRow, type Row, type TableRows } from '../rows.ts';
import { AREAS, type Area, areNeighbours } from './areas.ts';
import type { Column } from './columns.ts';
import { KINDS, type Kind } from './kinds.ts';

/** What the generated data depends on. */
export interface Generated {
  readonly seed: number;
  readonly revisionShare: number;
}

/** The rows of a kind in an area, with its columns. */
export interface EntsoeTable extends TableRows {
  readonly kind: Kind;
  readonly columns: readonly Column[];
}

/** The table of a kind in an area, or of a border; without columns if nothing is published. */
export function entsoeTable(
  { seed, revisionShare }: Generated,
  kind: Kind,
  area: Area,
  from?: Area,
): EntsoeTable {
  const isBorder = kind.name === 'A11';
  const isThere = !isBorder || (from !== undefined && areNeighbours(area, from));
  const columns = isThere ? kind.columns(seed, area, revisionShare, from) : [];
  const code = isBorder ? `${area.code}_${from?.code}` : area.code;
  return {
    ...{ name: `entsoe/${kind.name}_${code}`, kind, columns },
    rows: (day, nowMs) => rowsOf(columns, day, nowMs),
  };
}

/** Every table that can be named to revise a value. */
export function entsoeTables(generated: Generated): EntsoeTable[] {
  return KINDS.flatMap((kind) =>
    kind.name === 'A11'
      ? AREAS.flatMap((area) =>
          AREAS.filter((from) => areNeighbours(area, from)).map((from) =>
            entsoeTable(generated, kind, area, from),
          ),
        )
      : AREAS.map((area) => entsoeTable(generated, kind, area)),
  );
}

function rowsOf(columns: readonly Column[], day: string, nowMs: number): Row[] {
  const fields = new Map<number, [string, string][]>();
  for (const column of columns) {
    const stepMs = column.minutesOn(day) * 60_000;
    for (let at = dayStartMs(day); at < dayEndMs(day); at += stepMs) {
      if (column.knownAtMs(day, at) > nowMs) continue;
      const cells = fields.get(at) ?? [];
      cells.push([column.key, String(column.valueAt(day, at, nowMs))]);
      fields.set(at, cells);
    }
  }
  return [...fields].toSorted(([a], [b]) => a - b).map(([at, cells]) => createRow(at, cells));
}
