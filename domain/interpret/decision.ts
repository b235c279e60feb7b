/**
 * What a person decides about a day: release or waive a finding, declare the day absent or expected again. Decisions are
 * folded in order of time like payloads (docs/decisions/0001). Pure.
 */
import type { Finding } from './finding.ts';
import type { Interpretation, Point } from './interpret.ts';

/**
 * - `release`: the value is right after all: write it
 * - `waive`: accepted as it is; no further attention
 * - `absent`: the day will never be published
 * - `expected`: it will be after all
 */
export const DECISION_VERBS = ['release', 'waive', 'absent', 'expected'] as const;
export type DecisionVerb = (typeof DECISION_VERBS)[number];

/** Which findings a decision covers: those that say the same of the same point. */
export interface FindingName {
  readonly rule: string;
  /** Null for findings about the whole day. */
  readonly series: string | null;
  readonly startsAtMs: number | null;
  /** The raw value, else the reason; a salted sha256 of it where it may contain personal data. */
  readonly findingText: string;
}

export interface Decision {
  readonly verb: DecisionVerb;
  /** Null for decisions about the whole day. */
  readonly about: FindingName | null;
  readonly by: string;
  readonly reason: string;
}

/** A finding and the decision about it. */
export interface SettledFinding extends Finding {
  readonly settled: Decision | undefined;
}

/** An interpretation after decisions: released points are among the points. */
export interface Settled {
  readonly points: readonly Point[];
  /** Points that stay quarantined, including those without a finding of their own because there were too many. */
  readonly quarantined: readonly Point[];
  readonly findings: readonly SettledFinding[];
}

/** Applies earlier decisions to the content of a payload. A point is released by a decision about a finding that names it. */
export function settle(read: Interpretation, decisions: readonly Decision[]): Settled {
  const findings = settleFindings(read.findings, decisions);
  const blocked = new Set(findings.filter(isHeldBack).map(placeOf));
  const named = new Set(findings.filter(({ severity }) => severity === 'block').map(placeOf));
  const isReleased = (point: Point) => named.has(placeOf(point)) && !blocked.has(placeOf(point));
  const released = read.quarantined.filter(isReleased);
  return {
    points: released.length > 0 ? [...withoutPlaces(read.points, released), ...released] : read.points,
    quarantined: read.quarantined.filter((point) => !isReleased(point)),
    findings,
  };
}

/** A released point was sent after the valid one before it in the same payload, and replaces it. */
function withoutPlaces(points: readonly Point[], released: readonly Point[]): Point[] {
  const places = new Set(released.map(placeOf));
  return points.filter((point) => !places.has(placeOf(point)));
}

/**
 * Attaches to each finding its decision. Of several decisions about the same finding, the last one counts.
 * @param textOf how decisions of this dataset quote a finding.
 */
export function settleFindings(
  findings: readonly Finding[],
  decisions: readonly Decision[],
  textOf = findingText,
): readonly SettledFinding[] {
  const decided = new Map(decisions.flatMap((d) => (d.about ? [[keyOf(d.about), d] as const] : [])));
  return findings.map((found) => ({ ...found, settled: decided.get(keyOf(nameOf(found, textOf))) }));
}

/** Whether a finding quarantines its point. */
export function isHeldBack({ severity, series, startsAtMs, settled }: SettledFinding): boolean {
  return severity === 'block' && series !== null && startsAtMs !== null && settled?.verb !== 'release';
}

/** How a decision refers to a finding. */
export function nameOf(found: Finding, textOf = findingText): FindingName {
  const { rule, series, startsAtMs } = found;
  return { rule, series, startsAtMs, findingText: textOf(found) };
}

/** The text of a finding: the raw value, else the reason. */
export function findingText({ raw, reason }: Pick<Finding, 'raw' | 'reason'>): string {
  return storableText(raw ?? reason);
}

/** Whether the last decision about the day itself says that it will never exist. */
export function isDeclaredAbsent(decisions: readonly Decision[]): boolean {
  return decisions.findLast(({ about }) => about === null)?.verb === 'absent';
}

/** PostgreSQL text cannot hold U+0000; a hostile payload can. */
export function storableText(text: string): string {
  return text.replaceAll('\u0000', '\\u0000');
}

function keyOf({ rule, series, startsAtMs, findingText: text }: FindingName): string {
  return JSON.stringify([rule, series, startsAtMs, text]);
}

function placeOf({ series, startsAtMs }: { series: string | null; startsAtMs: number | null }): string {
  return `${startsAtMs}\t${series}`;
}
