/**
 * Documents of the ENTSO-E Transparency Platform (IEC 62325): Publication, GL, Balancing and Unavailability. Elements are found by
 * their local names, whatever version their namespace has.
 *
 * Time      value time = start of the Period + (position - 1) × resolution. Position 1 begins each Period anew.
 * Curves    A01 has every position. A03 leaves out what repeats the position before, up to the end of its Period and never
 *           beyond: a hole is recognized by the end of a Period.
 * Identity  mRID and createdDateTime are new in every answer (but those of outages); they are no part of the content.
 */

import { AnswerRefused } from '../../domain/interpret/finding.ts';
import { childOf, readXml, textAt, type XmlElement } from '../../kit/decode/xml.ts';
import { isZip, zipMembers } from '../../kit/decode/zip.ts';

export interface EntsoeDocument {
  /** Local name of the root: `Publication_MarketDocument`. */
  readonly root: string;
  /** Its file name in a zip. */
  readonly member: string;
  readonly mrid: string | undefined;
  readonly type: string | undefined;
  readonly processType: string | undefined;
  readonly revision: number | undefined;
  readonly createdAt: string | undefined;
  /** A05 active, A09 cancelled, A13 withdrawn; only outages have one. */
  readonly status: string | undefined;
  readonly reasons: readonly { readonly code: string; readonly text: string }[];
  readonly series: readonly EntsoeSeries[];
  readonly element: XmlElement;
}

export interface EntsoeSeries {
  /** Position in the document: `TimeSeries[2]`. */
  readonly place: string;
  readonly element: XmlElement;
  readonly periods: readonly EntsoePeriod[];
}

/** A Period as runs of equal values, each of one or more intervals of the resolution. */
export interface EntsoePeriod {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly runs: readonly Run[];
}

export interface Run {
  readonly startMs: number;
  readonly endMs: number;
  /** The element of its Point: value, category and any others. */
  readonly point: XmlElement;
  /** `TimeSeries[2].Period[1].Point[96]`. */
  readonly place: string;
}

/** The quantity that an outage states: what is available; other elements with periods (WindPowerFeedin_Period) are other quantities. */
const PERIODS = ['Period', 'Available_Period'];
const ACKNOWLEDGEMENT = 'Acknowledgement_MarketDocument';
const UNITS: Readonly<Record<string, number>> = { S: 1_000, M: 60_000, H: 3_600_000 };
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z$/;

/**
 * Reads an answer: a document, or a zip of documents. None where the platform has no data for the request (acknowledgement 999).
 * @throws AnswerRefused where it is neither
 */
export function readDocuments(body: Uint8Array): EntsoeDocument[] {
  const members = isZip(body) ? zipMembers(body) : [{ name: '', body }];
  return members.flatMap((member) => documentOf(member.name, readXml(member.body)));
}

function documentOf(member: string, element: XmlElement): EntsoeDocument[] {
  if (element.name === ACKNOWLEDGEMENT) return nothingBy(element);
  if (!element.name.endsWith('_MarketDocument'))
    throw new AnswerRefused('shape', `the answer is a document <${element.name}>`, element.name);
  const series = element.children.filter(({ name }) => name === 'TimeSeries');
  const revision = Number(textAt(element, 'revisionNumber'));
  return [
    {
      root: element.name,
      member,
      mrid: textAt(element, 'mRID'),
      type: textAt(element, 'type'),
      processType: textAt(element, 'process.processType'),
      revision: Number.isInteger(revision) ? revision : undefined,
      createdAt: textAt(element, 'createdDateTime'),
      status: textAt(element, 'docStatus', 'value'),
      reasons: reasonsOf(element),
      series: series.map((each, i) => seriesOf(each, `TimeSeries[${i + 1}]`)),
      element,
    },
  ];
}

/** No data, or not yet; any other acknowledgement is a refusal. */
function nothingBy(element: XmlElement): EntsoeDocument[] {
  const [reason = { code: '', text: 'no reason given' }] = reasonsOf(element);
  if (/^no matching data found/i.test(reason.text)) return [];
  throw new AnswerRefused('rejected', `the platform refused: ${reason.text} (${reason.code})`, reason.text);
}

function reasonsOf({ children }: XmlElement): { code: string; text: string }[] {
  return children
    .filter(({ name }) => name === 'Reason')
    .map((reason) => ({ code: textAt(reason, 'code') ?? '', text: textAt(reason, 'text') ?? '' }));
}

function seriesOf(element: XmlElement, place: string): EntsoeSeries {
  const isFilled = (textAt(element, 'curveType') ?? 'A01') === 'A03';
  const periods = element.children.filter(({ name }) => PERIODS.includes(name));
  return {
    place,
    element,
    periods: periods.map((period, i) => periodOf(period, `${place}.${period.name}[${i + 1}]`, isFilled)),
  };
}

function periodOf(period: XmlElement, place: string, isFilled: boolean): EntsoePeriod {
  const interval = childOf(period, 'timeInterval') ?? period;
  const startMs = instantOf(textAt(interval, 'start'), `${place}.start`);
  const endMs = instantOf(textAt(interval, 'end'), `${place}.end`);
  const stepMs = stepOf(textAt(period, 'resolution'), place);
  const points = period.children.filter(({ name }) => name === 'Point');
  const starts = points.map((point, i) => positionOf(point, `${place}.Point[${i + 1}]`));
  const runs = points.map((point, i): Run => {
    const at = startMs + ((starts[i] ?? 1) - 1) * stepMs;
    const next = starts[i + 1];
    const filledTo = next === undefined ? endMs : startMs + (next - 1) * stepMs;
    return {
      startMs: at,
      endMs: isFilled ? filledTo : at + stepMs,
      point,
      place: `${place}.Point[${i + 1}]`,
    };
  });
  const wrong = runs.find((run) => run.endMs <= run.startMs || run.endMs > endMs);
  if (wrong)
    throw new AnswerRefused(
      'shape',
      `${wrong.place}: its position lies outside its Period, or before the one before`,
    );
  return { startMs, endMs, stepMs, runs };
}

function positionOf(point: XmlElement, place: string): number {
  const position = Number(textAt(point, 'position'));
  if (Number.isInteger(position) && position >= 1) return position;
  throw new AnswerRefused('shape', `${place} has no position from 1 on`, textAt(point, 'position') ?? null);
}

/** `PT15M`, `PT60M`, `PT1H`, `PT4S`. No dataset here uses calendar resolutions. */
function stepOf(text: string | undefined, place: string): number {
  const [, count, unit = ''] = /^PT(\d{1,4})([SMH])$/.exec(text ?? '') ?? [];
  const stepMs = Number(count) * (UNITS[unit] ?? Number.NaN);
  if (stepMs > 0) return stepMs;
  throw new AnswerRefused(
    'shape',
    `${place} has the resolution ${text ?? 'none'}, which is not known`,
    text ?? null,
  );
}

function instantOf(text: string | undefined, place: string): number {
  const ms = INSTANT.test(text ?? '') ? Date.parse(text ?? '') : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  throw new AnswerRefused('shape', `${place} is no instant: ${text ?? 'none'}`, text ?? null);
}
