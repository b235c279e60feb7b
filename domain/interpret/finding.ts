/**
 * Findings: something wrong or odd in a payload. A finding of severity `block` that names a point is a quarantined
 * point; one that names no point rejects the whole response.
 */

/** `block`: the point is not written · `warn`: written, a person should look · `info`: good to know. */
export type Severity = 'block' | 'warn' | 'info';

export interface Finding {
  /** The rule's code, stable: it stands in SQL, in the API and in the docs. */
  readonly rule: string;
  readonly severity: Severity;
  /** The series it speaks of; null when it speaks of the whole day. */
  readonly series: string | null;
  /** UTC start of the interval it speaks of, milliseconds; null when it speaks of no single interval. */
  readonly startsAtMs: number | null;
  /** How many points it speaks of. */
  readonly points: number;
  /** Where in the payload, in the payload's own terms: `data[3].border_AT_BE`. */
  readonly place: string | null;
  /** The raw value as it stood there, shortened to 500 characters. */
  readonly raw: string | null;
  /** One sentence that a trader understands. */
  readonly reason: string;
}

const RAW_LIMIT = 500;

/** Completes a finding with the fields it does not speak of. */
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
 * Thrown by a decoder when the answer as a whole is not what the source promises: an HTML page, `rejected: true`,
 * a resolution that cannot be. Nothing of it is written. Asking again at once does not help.
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
