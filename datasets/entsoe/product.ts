/**
 * The products of the platform that are points: which document is requested, and how a TimeSeries of it becomes a series. A correct day of
 * another product (another auction, forecast or area) is refused: its numbers look just as plausible.
 */

import { AnswerRefused } from '../../domain/interpret/finding.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { textAt, type XmlElement } from '../../kit/decode/xml.ts';
import type { EntsoeDocument } from './document.ts';

export interface Product {
  readonly documentType: string;
  readonly processType?: string;
  /** Parameters and elements for the areas of a part. */
  areas(part: string): Areas;
  /** Further parameters. */
  readonly query?: Readonly<Record<string, string>>;
  /** The element of a Point that is its value. */
  readonly value: string;
  /** The suffix of a TimeSeries in the series name, after the part; empty where a part is one series. */
  suffix?(series: XmlElement): string;
  /** The same where it depends on each Point. */
  suffixOfPoint?(series: XmlElement, point: XmlElement): string;
  /** What a TimeSeries must say besides its areas, where it mentions it at all: documents before October 2024 said less. */
  readonly expected?: Readonly<Record<string, string>>;
  /** The TimeSeries of a part in an example, for what distinguishes them. @default one that names its areas */
  variants?(day: CivilDay): readonly Variant[];
}

export interface Variant {
  /** Elements of areas that it names. @default all */
  readonly areas?: readonly string[];
  /** What else it says, and what each of its Points says after the value. */
  readonly series?: string;
  readonly point?: string;
}

export interface Areas {
  /** EICs by parameter. */
  readonly query: Readonly<Record<string, string>>;
  /** EICs by element: each one that a TimeSeries, or its document, names must match; at least one must be named. */
  readonly elements: Readonly<Record<string, string>>;
}

/** The areas of the part that a response is for. @throws AnswerRefused where no such part is ever requested */
function areasOf(product: Product, part: string): Areas {
  try {
    return product.areas(part);
  } catch (error) {
    if (error instanceof RangeError) throw wrong(`part "${part}"`, error.message);
    throw error;
  }
}

/** @throws AnswerRefused where a document is of another product */
export function assertDocument({ type, processType }: EntsoeDocument, product: Product): void {
  const stated = { type, processType: product.processType === undefined ? undefined : processType };
  const requested = { type: product.documentType, processType: product.processType };
  if (stated.type === requested.type && stated.processType === requested.processType) return;
  throw wrong(wordsOf(requested), wordsOf(stated));
}

/** @throws AnswerRefused where a TimeSeries is of another product or of other areas */
export function assertSeries(
  document: EntsoeDocument,
  series: XmlElement,
  product: Product,
  part: string,
): void {
  const { elements } = areasOf(product, part);
  const named = Object.keys(elements).filter((name) => areaIn(document, series, name) !== undefined);
  if (named.length === 0) throw wrong(wordsOf(elements), 'no area');
  const requested = { ...elements, ...product.expected };
  const saying = Object.keys(product.expected ?? {}).filter(
    (name) => areaIn(document, series, name) !== undefined,
  );
  const all = Object.fromEntries([...named, ...saying].map((name) => [name, requested[name] ?? '']));
  const stated = Object.fromEntries(Object.keys(all).map((name) => [name, areaIn(document, series, name)]));
  if (Object.entries(all).every(([name, value]) => stated[name] === value)) return;
  throw wrong(wordsOf(all), wordsOf(stated));
}

function areaIn({ element }: EntsoeDocument, series: XmlElement, name: string): string | undefined {
  return textAt(series, name) ?? textAt(element, name);
}

function wrong(requested: string, stated: string): AnswerRefused {
  return new AnswerRefused('wrong_product', `the answer is of ${stated}, requested was ${requested}`, stated);
}

function wordsOf(values: Readonly<Record<string, string | undefined>>): string {
  const words = Object.entries(values).filter(([, value]) => value !== undefined);
  return words.map(([name, value]) => `${name} ${value}`).join(', ') || 'nothing that is known';
}
