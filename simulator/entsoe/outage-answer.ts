// The zip of the requested outages.
import type { Answer } from '../answer.ts';
import { daysTouched } from '../business-day.ts';
import { shownAtMs } from '../published-rows.ts';
import { type OutageKind, type Revision, revisionsIn } from './outages.ts';
import { compact, paged, zipAnswer } from './pages.ts';
import type { EntsoeContext } from './publisher.ts';
import { type Parameters, readPeriod } from './query.ts';
import type { Wanted } from './wanted.ts';

/** Undefined where there are none. */
export function outagesFor(
  context: EntsoeContext,
  wanted: Wanted,
  kind: OutageKind,
  nowMs: number,
): Answer | undefined {
  const { window, eics, parameters, table } = wanted;
  const day = daysTouched(window.fromMs, window.toMs)[0] ?? '';
  const atMs = shownAtMs(table, context.faults, day, nowMs);
  if (atMs === undefined) return undefined;
  const { seed } = context.generated;
  const known = revisionsIn(kind, eics, { seed, window, nowMs: atMs });
  const chosen =
    parameters.mRID === undefined ? newest(known) : known.filter(({ mrid }) => mrid === parameters.mRID);
  const wantedOnes = chosen.filter((revision) => isWanted(revision, parameters));
  const { documents, offset } = context.settings();
  const found = paged(wantedOnes, parameters, documents, offset, wanted.item);
  if (found.length === 0) return undefined;
  const members = found.map(({ startMs, endMs, text }, i) => ({
    name: `${String(i + 1).padStart(3, '0')}-${kind.file}_${compact(startMs)}-${compact(endMs)}.xml`,
    body: Buffer.from(text),
  }));
  return zipAnswer(kind.file, `${compact(window.fromMs)}-${compact(window.toMs)}`, members);
}

/** The last revision of each. */
function newest(revisions: readonly Revision[]): Revision[] {
  return [...new Map(revisions.map((revision) => [revision.mrid, revision])).values()];
}

/** Withdrawn outages are returned only on request: by their status, or among the versions of an id. */
function isWanted({ createdAtMs, status, business }: Revision, parameters: Parameters): boolean {
  const { DocStatus = status, BusinessType = business, PeriodStartUpdate, mRID } = parameters;
  if (status === 'A13' && parameters.DocStatus === undefined && mRID === undefined) return false;
  if (DocStatus !== status || BusinessType !== business) return false;
  if (PeriodStartUpdate === undefined) return true;
  const { fromMs, toMs } = readPeriod(
    { ...parameters, timeInterval: undefined as never },
    'PeriodStartUpdate',
    'PeriodEndUpdate',
  );
  return createdAtMs >= fromMs && createdAtMs < toMs;
}
