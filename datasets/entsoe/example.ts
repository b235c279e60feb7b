/** Made-up answers of the platform for the first part of a day: for contract tests and for trying out a dataset. */
import type { Example } from '../../domain/dataset/example.ts';
import { AnswerRefused } from '../../domain/interpret/finding.ts';
import { type CivilDay, dayAt, dayInterval, type Interval } from '../../domain/time/civil-day.ts';
import { readDocuments } from './document.ts';
import type { Product } from './product.ts';

const ROOTS: Readonly<Record<string, string>> = {
  ...{ A11: 'Publication', A44: 'Publication' },
  ...{ A65: 'GL', A69: 'GL', A75: 'GL', A85: 'Balancing' },
};

const QUARTER_MS = 900_000;
const BRUSSELS = 'Europe/Brussels';

/** @param partOn the part of a delivery day. @param level approximate level of the values */
export function exampleOf(product: Product, partOn: (day: CivilDay) => string, level: number): Example {
  return {
    answer: (window) => new TextEncoder().encode(documentText(product, partOn, level, window)),
    windowOf: ({ query }) => ({ startMs: instantOf(query.periodStart), endMs: instantOf(query.periodEnd) }),
    // A month, counted in UTC; the clock has an hour more in October, which has 31 days.
    widestHours: 28 * 24 + 1,
    retell,
  };
}

function documentText(
  product: Product,
  partOn: (day: CivilDay) => string,
  level: number,
  window: Interval,
): string {
  const { documentType, processType } = product;
  const root = `${ROOTS[documentType]}_MarketDocument`;
  return [
    `<${root}>`,
    '<mRID>1</mRID>',
    `<type>${documentType}</type>`,
    ...(processType === undefined ? [] : [`<process.processType>${processType}</process.processType>`]),
    ...daysOf(window).flatMap((day) => daySeries(product, partOn(day), level, day)),
    `</${root}>`,
  ].join('\n');
}

function daysOf({ startMs, endMs }: Interval): CivilDay[] {
  const days: CivilDay[] = [];
  for (let at = startMs; at < endMs; at = dayInterval(days.at(-1) ?? '', BRUSSELS).endMs)
    days.push(dayAt(at, BRUSSELS));
  return days;
}

function daySeries(product: Product, part: string, level: number, day: CivilDay): string[] {
  const { startMs, endMs } = dayInterval(day, BRUSSELS);
  const interval = `<start>${minute(startMs)}</start><end>${minute(endMs)}</end>`;
  const { elements } = product.areas(part);
  return (product.variants?.(day) ?? [{}]).map(
    ({ areas = Object.keys(elements), series = '', point = '' }, n) => {
      const named = Object.entries({ ...elements, ...product.expected }).filter(
        ([name]) => areas.includes(name) || !(name in elements),
      );
      const title = named.map(([name, value]) => `<${name}>${value}</${name}>`).join('') + series;
      const points = Array.from({ length: (endMs - startMs) / QUARTER_MS }, (_, i) => {
        const at = startMs / QUARTER_MS + i;
        const amount = (level * (1 + 0.1 * Math.sin(at / 20 + n)) + (at % 89)).toFixed(2);
        return `<Point><position>${i + 1}</position><${product.value}>${amount}</${product.value}>${point}</Point>`;
      });
      return (
        `<TimeSeries><mRID>${n + 1}</mRID>${title}<curveType>A03</curveType><Period><timeInterval>${interval}</timeInterval>` +
        `<resolution>PT15M</resolution>\n${points.join('\n')}</Period></TimeSeries>`
      );
    },
  );
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
