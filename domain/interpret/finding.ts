/**
 * Findings: something wrong or odd in a payload. A finding of severity `block` with a point is a quarantined point; one without a point
 * rejects the whole response.
 */

/** `block`: the point is not written · `warn`: written, a person should look · `info`: good to know. */
export type Severity = 'block' | 'warn' | 'info';

export interface Finding {
  /** The rule's code, stable: it appears in SQL, in the API and in the docs. */
  readonly rule: string;
  readonly severity: Severity;
  /** Its series; null for the whole day. */
  readonly series: string | null;
  /** UTC start of its interval, milliseconds; null if it is not about a single interval. */
  readonly startsAtMs: number | null;
  /** How many points it covers. */
  readonly points: number;
  /** Position in the payload, in the payload's own terms: `data[3].border_AT_BE`. */
  readonly place: string | null;
  /** The raw value found there, shortened to 500 characters. */
  readonly raw: string | null;
  /** One sentence that a trader understands. */
  readonly reason: string;
}

const RAW_LIMIT = 500;

/** Completes a finding with empty fields. */
export function finding(
  rule: string,
  severity: Severity,
  reason: string,
  about: Partial<Omit<Finding, 'rule' | 'severity' | 'reason'>> = {},
): Finding {
  const raw = about.raw == null ? null : about.raw.slice(0, RAW_LIMIT);
  return { rule, severity, series: null, startsAtMs: null, points: 1, place: null, ...about, raw, reason };
}

/**
 * Thrown by a decoder when the response as a whole is not what the source promises: an HTML page, `rejected: true`, an impossible
 * resolution. Nothing of it is written. An immediate retry does not help.
 */
export class AnswerRefused extends Error {
  readonly rule: string;
  readonly raw: string | null;

  constructor(rule: string, reason: string, raw: string | null = null) {
    super(reason);
    this.name = 'AnswerRefused';
    this.rule = rule;
    this.raw = raw;
  }
}

// A broken sender produces thousands of bad lines a minute: the first findings show why, and all lines are in the payload. Pure.

const FINDINGS_PER_RULE = 100;

/** The first findings of each rule, and one that counts the rest. */
export function capFindings(findings: readonly Finding[]): Finding[] {
  const counts = new Map<string, { kept: number; rest: number; first: Finding }>();
  const kept = findings.filter((found) => {
    const count = counts.get(found.rule) ?? { kept: 0, rest: 0, first: found };
    counts.set(found.rule, count);
    if (count.kept === FINDINGS_PER_RULE) count.rest += found.points;
    else count.kept += 1;
    return count.rest === 0;
  });
  const rests = [...counts].flatMap(([rule, { rest, first }]) =>
    rest === 0
      ? []
      : [finding(rule, first.severity, `${rest} more of rule ${rule} in this payload`, { points: rest })],
  );
  return [...kept, ...rests];
}
