// The publisher's page about its own publications: a row for each of its pages on a business day.
import { dayStartMs } from './business-day.ts';
import type { FaultSet } from './fault-set.ts';
import { shownAtMs } from './published-rows.ts';
import { type Row, type RowSource, rowId, type TableRows, tableOf, utcText } from './rows.ts';

/** The name used by faults. */
export const MONITORING = 'core/system/monitoring';

const PAGES: readonly (readonly [page: string, table: string, deadline: string])[] = [
  ['Max Exchanges (MaxBex)', 'core/maxExchanges', '10:30'],
  ['Max Net Positions', 'core/maxNetPos', '10:30'],
  ['Net Positions', 'core/netPos', '15:50'],
  ['Scheduled Exchanges', 'core/scheduledExchanges', '15:50'],
  ['Price Spreads', 'core/priceSpread', '15:50'],
  ['External ATC', 'core/atc', '10:30'],
  ['Shadow Auction ATC', 'core/shadowAuctionATC', '10:30'],
  ['LTA', 'core/lta', '10:30'],
  ['Reference Programme', 'core/refprog', '10:30'],
  ['Allocation Constraints', 'core/allocationConstraint', '10:30'],
  ['Congestion Income', 'core/congestionIncome', '15:00'],
  ['Validation Reductions', 'core/validationReductions', '10:30'],
  ['Shadow Prices', 'core/activeFbConstraints', '13:00'],
  ['Intraday ATC', 'core/intradayAtc', '15:50'],
];

/** Rows of a day exist from the day before; their status follows what is published, faults included. */
export function monitoringRows(source: RowSource, faults: FaultSet): TableRows {
  return {
    name: MONITORING,
    rows(day, nowMs) {
      if (nowMs < localMs(day, '00:00')) return [];
      return PAGES.flatMap(([page, name, deadline], at) => {
        const table = tableOf(source, name);
        return table
          ? [pageRow({ day, at, page, deadline, ...standingOf(table, faults, day, nowMs, deadline) })]
          : [];
      });
    },
  };
}

interface Standing {
  readonly status: string;
  readonly sinceMs: number;
}

/** Received once published; Pending if the deadline has passed without. */
function standingOf(
  { name, publishedAtMs }: TableRows,
  faults: FaultSet,
  day: string,
  nowMs: number,
  deadline: string,
): Standing {
  const shownMs = shownAtMs(name, faults, day, nowMs);
  const publishedMs = publishedAtMs?.(day);
  if (shownMs !== undefined && publishedMs !== undefined && publishedMs <= shownMs)
    return { status: 'Received', sinceMs: publishedMs + nowMs - shownMs };
  const dueMs = localMs(day, deadline);
  return nowMs < dueMs
    ? { status: 'Expected', sinceMs: localMs(day, '00:00') }
    : { status: 'Pending', sinceMs: dueMs };
}

function pageRow({
  day,
  at,
  page,
  deadline,
  status,
  sinceMs,
}: Standing & { day: string; at: number; page: string; deadline: string }): Row {
  const startsAtMs = dayStartMs(day);
  const fields = {
    ...{ id: rowId(startsAtMs) * 100 + at, businessDayUtc: utcText(startsAtMs) },
    deadline: localText(day, localMs(day, deadline)),
    ...{ page, status, lastModifiedOn: localText(day, sinceMs), followUpActionInitiated: null },
  };
  return { startsAtMs, text: JSON.stringify(fields) };
}

/** The instant of a time of the day before, computed from the end of that day, which is right on days of 23 and 25 hours too. */
function localMs(day: string, time: string): number {
  return Date.parse(`${day}T${time}:00Z`) - 24 * 3_600_000 - offsetMs(day);
}

/** `2026-11-19T10:30:00+01:00`, with the offset at the beginning of the day. */
function localText(day: string, instantMs: number): string {
  const hours = offsetMs(day) / 3_600_000;
  return `${new Date(instantMs + offsetMs(day)).toISOString().slice(0, 19)}+0${hours}:00`;
}

function offsetMs(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) - dayStartMs(day);
}
