/**
 * Points of a document: a series for each product of a part, filled forward within each Period (curve A03), cut to the requested window.
 * Ids and timestamps of answers are ignored. Pure.
 */

import type { Decoded, DecodedPoint } from '../../domain/dataset/points.ts';
import type { Answer } from '../../domain/dataset/pull.ts';
import { AnswerRefused, type Finding, finding } from '../../domain/interpret/finding.ts';
import type { Interval } from '../../domain/time/civil-day.ts';
import { textAt, type XmlElement } from '../../kit/decode/xml.ts';
import { type EntsoePeriod, type EntsoeSeries, type Run, readDocuments } from './document.ts';
import { assertDocument, assertSeries, type Product } from './product.ts';

/** Steps that are kept: those of markets. */
const STEPS_MS = [15, 30, 60].map((minutes) => minutes * 60_000);

/** A number as XML schemas write decimals. */
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;

/** @throws AnswerRefused where the answer is not what the platform promises, or of another product */
export function decodePoints(
  body: Uint8Array,
  product: Product,
  { part, window }: Pick<Answer, 'part' | 'window'>,
): Decoded {
  const points: DecodedPoint[] = [];
  const findings: Finding[] = [];
  for (const document of readDocuments(body)) {
    assertDocument(document, product);
    for (const series of document.series) {
      assertSeries(document, series.element, product, part);
      const nameAt = namesOf(series, product, part);
      for (const period of series.periods) addPeriod(period, { nameAt, product, window }, points, findings);
    }
  }
  return { points, findings };
}

/** The series that a Point of a TimeSeries belongs to. */
function namesOf(
  { element }: EntsoeSeries,
  { suffix, suffixOfPoint }: Product,
  part: string,
): (point: XmlElement) => string {
  if (suffixOfPoint) return (point) => named(part, suffixOfPoint(element, point));
  const name = named(part, suffix?.(element) ?? '');
  return () => name;
}

function named(part: string, suffix: string): string {
  if (!/^[\w.-]{0,60}$/.test(suffix))
    throw new AnswerRefused('shape', 'a TimeSeries says what no series is', suffix);
  return suffix === '' ? part : `${part}.${suffix}`;
}

interface Into {
  nameAt(point: XmlElement): string;
  readonly product: Product;
  readonly window: Interval;
}

function addPeriod(
  { runs, stepMs, startMs }: EntsoePeriod,
  { nameAt, product, window }: Into,
  points: DecodedPoint[],
  findings: Finding[],
): void {
  if (!STEPS_MS.includes(stepMs) || startMs % stepMs !== 0) {
    const reason = `a Period has intervals of ${stepMs / 60_000} minutes from ${new Date(startMs).toISOString()}`;
    throw new AnswerRefused('off_grid', reason, String(stepMs));
  }
  for (const run of runs) {
    const name = nameAt(run.point);
    const text = textAt(run.point, product.value) ?? '';
    const isReadable = DECIMAL.test(text) && Number.isFinite(Number(text));
    for (const startsAtMs of startsIn(run, stepMs, window)) {
      const about = { series: name, startsAtMs, place: run.place };
      if (isReadable) points.push({ ...about, value: Number(text) || 0, stepMs });
      else
        findings.push(finding('unreadable_value', 'block', `${name} is "${text}"`, { ...about, raw: text }));
    }
  }
}

/** Starts of the intervals of a run that lie in a window. */
function startsIn({ startMs, endMs }: Run, stepMs: number, window: Interval): number[] {
  const skipped = Math.max(0, Math.ceil((window.startMs - startMs) / stepMs));
  const first = startMs + skipped * stepMs;
  const last = Math.min(endMs, window.endMs);
  return Array.from(
    { length: Math.max(0, Math.ceil((last - first) / stepMs)) },
    (_, i) => first + i * stepMs,
  );
}
