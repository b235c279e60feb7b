/**
 * Outages (15.1, 10.1): records with an id and versions of the publisher. A day is requested part by part, page by page; the
 * documents are kept as they came, put together in one zip under names of their own (`BE/<mRID>.<revision>.xml`), so that bytes
 * change only when an outage does: numbers of members and acknowledgements are no part of the content.
 *
 * Versions      revisionNumber counts, createdDateTime says when. A default answer has the last version of what is active or
 *               cancelled; ended outages vanish, which means nothing: silence says nothing. What was withdrawn comes only where it
 *               is requested (DocStatus A13), so each part is. A version with others before it that nobody has kept is requested
 *               by its mRID, once, when it is seen first: the answer has all of them.
 * Not known     how mRID goes together with a period: a year around the day is requested, so that versions that lay elsewhere are in it.
 */

import type { FetchContext, Fetched } from '../../domain/dataset/fetcher.ts';
import type { DecodedRecord, DecodedRecords } from '../../domain/dataset/records.ts';
import { AnswerRefused, finding } from '../../domain/interpret/finding.ts';
import { addDays, type CivilDay, dayInterval, type Interval } from '../../domain/time/civil-day.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import { childOf, textAt, type XmlElement } from '../../kit/decode/xml.ts';
import { isZip, type ZipMember, zipMembers, zipOf } from '../../kit/decode/zip.ts';
import { type EntsoeDocument, readDocuments } from './document.ts';
import { entsoe } from './source.ts';
import { stamp } from './table.ts';

/** Documents per page, and the highest offset allowed. */
const PAGE = 200;
const LAST_OFFSET = 4_800;

export interface Outages {
  readonly documentType: string;
  /** Parts of a day with the parameters of their areas. */
  areas(
    day: CivilDay,
    settings: FetchContext['settings'],
  ): readonly (readonly [part: string, query: Record<string, string>])[];
  /** What a record has besides the fields of every outage, read from its first TimeSeries. */
  fields(series: XmlElement): Readonly<Record<string, string | number | null>>;
}

/** Every outage that touches a day, of all parts, with the earlier versions of those that are new here. */
export async function fetchOutages(outages: Outages, day: CivilDay, context: FetchContext): Promise<Fetched> {
  const members = new Map<string, ZipMember>();
  let url = '';
  for (const [part, query] of outages.areas(day, context.settings)) {
    const about = { documentType: outages.documentType, ...query };
    const ask = (more: Readonly<Record<string, string>>) => fetchPages(context, { ...about, ...more });
    const lasting = timeOf(dayInterval(day, entsoe.timeZone));
    const [usual, withdrawn] = [await ask(lasting), await ask({ ...lasting, DocStatus: 'A13' })];
    const last = [...usual.members, ...withdrawn.members];
    const earlier: ZipMember[] = [];
    for (const mRID of await withUnseenVersions(last, context))
      earlier.push(...(await unlessRefused(() => ask({ ...timeOf(yearAround(day)), mRID }))));
    for (const member of [...earlier, ...last]) {
      const name = nameOf(part, member, members.size);
      members.set(name, { ...member, name });
    }
    url = usual.url;
  }
  return { url, contentType: 'application/zip', body: zipOf([...members.values()]) };
}

/** The ids of outages whose version is new here and has earlier ones that are not stored. */
async function withUnseenVersions(
  members: readonly ZipMember[],
  { kept }: FetchContext,
): Promise<readonly string[]> {
  const documents = members.flatMap(({ body }) => documentsIn(body) ?? []);
  const later = documents.flatMap(({ mrid, revision = 0 }) =>
    mrid !== undefined && revision > 1 ? [{ mrid, revision }] : [],
  );
  if (later.length === 0) return [];
  const known = await kept(later.map(({ mrid }) => mrid));
  return later.flatMap(({ mrid, revision }) => {
    const versions = known.get(mrid) ?? [];
    const isChain = versions.filter((version) => version < revision).length >= revision - 1;
    return versions.includes(revision) || isChain ? [] : [mrid];
  });
}

/** Missing earlier versions must not fail the day: none if the platform refuses the request. */
async function unlessRefused(
  ask: () => Promise<{ readonly members: readonly ZipMember[] }>,
): Promise<readonly ZipMember[]> {
  try {
    return (await ask()).members;
  } catch (error) {
    if (error instanceof Failure && error.code === 'REQUEST_REFUSED') return [];
    throw error;
  }
}

function timeOf({ startMs, endMs }: Interval): Readonly<Record<string, string>> {
  return { periodStart: stamp(startMs), periodEnd: stamp(endMs) };
}

/** Slightly less: the platform answers a year at most. */
function yearAround(day: CivilDay): Interval {
  const { startMs } = dayInterval(addDays(day, -180), entsoe.timeZone);
  return { startMs, endMs: dayInterval(addDays(day, 180), entsoe.timeZone).endMs };
}

async function fetchPages(
  { ask }: FetchContext,
  about: Readonly<Record<string, string>>,
): Promise<{ readonly url: string; readonly members: readonly ZipMember[] }> {
  const found = new Map<string, ZipMember>();
  for (let offset = 0; ; offset += PAGE) {
    const { url, body } = await ask({
      ...{ path: '/api', query: { ...about, offset: String(offset) } },
      accept: 'application/zip, application/xml, text/xml',
      ...{ maxBytes: 64 * 1024 * 1024, timeoutMs: 180_000 },
    });
    const page = membersOf(body);
    const before = found.size;
    for (const member of page) found.set(nameOf('', member, found.size), member);
    // A platform that ignores the offset sends the first page again.
    const isLast = page.length < PAGE || found.size === before || offset >= LAST_OFFSET;
    if (isLast) return { url, members: [...found.values()].filter(isSaying) };
  }
}

/** A zip that cannot be unpacked is treated as one member, as it came. */
function membersOf(body: Uint8Array): readonly ZipMember[] {
  const asItCame = [{ name: '', body }];
  return isZip(body) ? (unlessUnreadable(() => zipMembers(body)) ?? asItCame) : asItCame;
}

/** Whether a member is more than a "no data" acknowledgement; unreadable ones are kept, to be refused later. */
function isSaying({ body }: ZipMember): boolean {
  return documentsIn(body)?.length !== 0;
}

function nameOf(part: string, { body }: ZipMember, index: number): string {
  const [document] = documentsIn(body) ?? [];
  const id = document?.mrid?.replaceAll(/[^\w-]/g, '_');
  return `${part}/${id === undefined ? `unreadable-${index}` : `${id}.${document?.revision ?? 0}`}.xml`;
}

function documentsIn(body: Uint8Array): EntsoeDocument[] | undefined {
  return unlessUnreadable(() => readDocuments(body));
}

function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof AnswerRefused) return undefined;
    throw error;
  }
}

/** @throws AnswerRefused where a document is not an outage */
export function decodeOutages(body: Uint8Array, outages: Outages): DecodedRecords {
  const documents = readDocuments(body);
  const wrong = documents.find(({ type }) => type !== outages.documentType);
  if (wrong) {
    const reason = `a document is of type ${wrong.type ?? 'none'}, requested was ${outages.documentType}`;
    throw new AnswerRefused('wrong_product', reason, wrong.type ?? null);
  }
  const records = documents.map((document) => recordOf(document, outages));
  const findings = records.flatMap((record, i) =>
    record ? [] : [unreadable(documents[i] as EntsoeDocument)],
  );
  return { records: records.filter((record) => record !== undefined), findings };
}

function recordOf(document: EntsoeDocument, { fields }: Outages): DecodedRecord | undefined {
  const { mrid, revision, createdAt, status, element, series, member, reasons } = document;
  const span = childOf(element, 'unavailability_Time_Period.timeInterval');
  const [start, end] = [span && textAt(span, 'start'), span && textAt(span, 'end')].map(instantOf);
  const [first] = series;
  if (mrid === undefined || start === undefined || end === undefined || !first) return undefined;
  return {
    ...{ key: mrid, startsAtMs: Date.parse(start), version: revision ?? 0, place: member },
    body: {
      ...{ ends_at: end, status: status ?? 'A05', published_at: instantOf(createdAt) ?? null },
      business_type: textAt(first.element, 'businessType') ?? null,
      ...fields(first.element),
      ...availability(series),
      reason_code: reasons[0]?.code ?? null,
      reason:
        reasons
          .map(({ text }) => text)
          .filter(Boolean)
          .join('; ') || null,
    },
  };
}

/** What is available while it lasts: the minimum, and each period. */
function availability(series: EntsoeDocument['series']) {
  const runs = series.flatMap(({ periods }) => periods.flatMap((period) => period.runs));
  const available = runs.map(({ startMs, endMs, point }) => ({
    from: new Date(startMs).toISOString(),
    to: new Date(endMs).toISOString(),
    mw: numberOf(textAt(point, 'quantity')),
  }));
  const least = available
    .flatMap(({ mw }) => mw ?? [])
    .reduce((min, mw) => Math.min(min, mw), Number.POSITIVE_INFINITY);
  return { available_mw: Number.isFinite(least) ? least : null, available };
}

function unreadable({ member, mrid }: EntsoeDocument) {
  const reason = `${member}: an outage needs mRID, unavailability_Time_Period and a TimeSeries`;
  return finding('unreadable_outage', 'block', reason, {
    place: member,
    raw: mrid ?? null,
    series: mrid ?? null,
  });
}

/** ISO with milliseconds; undefined where it is not an instant. */
function instantOf(text: string | undefined): string | undefined {
  const ms = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?Z$/.test(text ?? '')
    ? Date.parse(text ?? '')
    : Number.NaN;
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

/** A number as the platform writes it; null for any other text. */
export function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}
