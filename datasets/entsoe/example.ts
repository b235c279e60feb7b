/** Made-up answers of the platform for the first part of a day: for contract tests and for trying out a dataset. */
import type { Example } from '../../domain/dataset/example.ts';
import { AnswerRefused } from '../../domain/interpret/finding.ts';
import type { Interval } from '../../domain/time/civil-day.ts';
import { dayAt, dayInterval } from '../../domain/time/civil-day.ts';
import { readDocuments } from './document.ts';
import { zonesOn } from './zones.ts';

export interface ExampleDocument {
  /** Root, and the elements before the TimeSeries. */
  readonly root: 'Publication_MarketDocument' | 'GL_MarketDocument' | 'Balancing_MarketDocument';
  readonly head: string;
  /** What distinguishes the TimeSeries of a delivery day. */
  series(day: string): readonly string[];
  /** The element of a value, and what follows it in a Point. */
  readonly value: string;
  readonly after?: (series: number) => string;
  /** Approximate level of the values. */
  readonly level: number;
}

const QUARTER_MS = 900_000;
const BRUSSELS = 'Europe/Brussels';

export function exampleOf(document: ExampleDocument): Example {
  return {
    answer: (window) => new TextEncoder().encode(documentText(document, window)),
    windowOf: ({ query }) => ({ startMs: instantOf(query.periodStart), endMs: instantOf(query.periodEnd) }),
    // A month, counted in UTC; the clock has an hour more in October, which has 31 days.
    widestHours: 28 * 24 + 1,
    retell,
  };
}

function documentText(document: ExampleDocument, window: Interval): string {
  const { root, head } = document;
  return [
    `<${root}>`,
    '<mRID>1</mRID>',
    head,
    ...daysOf(window).flatMap((day) => daySeries(document, day)),
    `</${root}>`,
  ].join('\n');
}

function daysOf({ startMs, endMs }: Interval): string[] {
  const days: string[] = [];
  for (let at = startMs; at < endMs; at = dayInterval(days.at(-1) ?? '', BRUSSELS).endMs)
    days.push(dayAt(at, BRUSSELS));
  return days;
}

function daySeries({ series, value, after = () => '', level }: ExampleDocument, day: string): string[] {
  const { startMs, endMs } = dayInterval(day, BRUSSELS);
  const interval = `<start>${minute(startMs)}</start><end>${minute(endMs)}</end>`;
  return series(day).map((title, n) => {
    const points = Array.from({ length: (endMs - startMs) / QUARTER_MS }, (_, i) => {
      const at = startMs / QUARTER_MS + i;
      const amount = (level * (1 + 0.1 * Math.sin(at / 20 + n)) + (at % 89)).toFixed(2);
      return `<Point><position>${i + 1}</position><${value}>${amount}</${value}>${after(n)}</Point>`;
    });
    return (
      `<TimeSeries><mRID>${n + 1}</mRID>${title}<curveType>A03</curveType><Period><timeInterval>${interval}</timeInterval>` +
      `<resolution>PT15M</resolution>\n${points.join('\n')}</Period></TimeSeries>`
    );
  });
}

/** Another id, and TimeSeries in another order: as in every answer of the platform. */
function retell(body: Uint8Array, draw: (n: number) => number): Uint8Array {
  if (!isReadable(body)) return body;
  const text = new TextDecoder().decode(body);
  const parts = text.split(/(?=<TimeSeries>)|(?<=<\/TimeSeries>)/);
  const series = parts.filter((part) => part.startsWith('<TimeSeries>'));
  const rest = [...series];
  const mixed = series.map(() => rest.splice(draw(rest.length), 1)[0] ?? '');
  const again = parts.map((part) => (part.startsWith('<TimeSeries>') ? (mixed.shift() ?? '') : part));
  return new TextEncoder().encode(again.join('').replace('<mRID>1</mRID>', `<mRID>${draw(1e6)}</mRID>`));
}

function isReadable(body: Uint8Array): boolean {
  try {
    readDocuments(body);
    return true;
  } catch (error) {
    if (error instanceof AnswerRefused) return false;
    throw error;
  }
}

function minute(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16)}Z`;
}

function instantOf(stamp = ''): number {
  return Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5Z'));
}

/**
 * Solar and wind of the first zone, document A69.
 * @param processType which forecast: `A01` of the day before, `A40` intraday, `A18` current
 */
export function windAndSolarExample(processType: string): Example {
  const titleOf = (type: string, eic = '') =>
    `<inBiddingZone_Domain.mRID>${eic}</inBiddingZone_Domain.mRID><MktPSRType><psrType>${type}</psrType></MktPSRType>`;
  return exampleOf({
    root: 'GL_MarketDocument',
    head: `<type>A69</type><process.processType>${processType}</process.processType>`,
    series: (day) => ['B16', 'B19'].map((type) => titleOf(type, zonesOn(day)[0]?.eic)),
    value: 'quantity',
    level: 2_000,
  });
}
