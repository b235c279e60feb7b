/** Findings of one day: the first hundred of each rule by position in the file, and a count of the rest. Memory stays flat. */
import { type Finding, finding, type Severity } from '../interpret/finding.ts';
import { FILE_RULES, type FileRule } from '../interpret/rules.ts';

/** More of the same on one day would not help a person. */
export const FINDINGS_PER_RULE = 100;

type About = () => Partial<Finding> & { readonly reason: string };

interface Kept {
  readonly line: number;
  readonly found: Finding;
}

interface OfRule {
  readonly severity: Severity;
  points: number;
  kept: Kept[];
  /** From this line on, findings are only counted. */
  fullAt: number;
}

export class DayFindings {
  readonly #rules = new Map<string, OfRule>();

  /** Adds a finding of a rule of the platform. @param about all but rule, severity and line; called only when it is kept. */
  add(rule: FileRule, line: number, about: About, points = 1): void {
    this.tell(rule, FILE_RULES[rule].severity, line, about, points);
  }

  /** Adds a finding of any rule: a check of the dataset has its own severity. */
  tell(rule: string, severity: Severity, line: number, about: About, points = 1): void {
    const of = this.#of(rule, severity);
    of.points += points;
    if (line >= of.fullAt) return;
    const { reason, ...rest } = about();
    const place = `line ${line}`;
    const found = finding(rule, severity, reason, { place, points, ...rest });
    of.kept.push({ line, found });
    if (of.kept.length >= 2 * FINDINGS_PER_RULE) shorten(of);
  }

  /** How many points, or lines, a rule has found. */
  countOf(rule: FileRule): number {
    return this.#rules.get(rule)?.points ?? 0;
  }

  /** By rule, those of the platform first in the order of their table, by line, and what was left out. */
  list(): Finding[] {
    return [...new Set([...Object.keys(FILE_RULES), ...this.#rules.keys()])].flatMap((rule) => {
      const of = this.#rules.get(rule);
      if (!of) return [];
      shorten(of);
      const kept = of.kept.map(({ found }) => found);
      const rest = of.points - kept.reduce((sum, { points }) => sum + points, 0);
      const reason = `${rest} more like the ${kept.length} that are listed`;
      return rest === 0 ? kept : [...kept, finding(rule, of.severity, reason, { points: rest })];
    });
  }

  #of(rule: string, severity: Severity): OfRule {
    let of = this.#rules.get(rule);
    if (!of) {
      of = { severity, points: 0, kept: [], fullAt: Number.POSITIVE_INFINITY };
      this.#rules.set(rule, of);
    }
    return of;
  }
}

function shorten(of: OfRule): void {
  of.kept.sort((a, b) => a.line - b.line);
  if (of.kept.length < FINDINGS_PER_RULE) return;
  of.kept.length = FINDINGS_PER_RULE;
  of.fullAt = of.kept.at(-1)?.line ?? of.fullAt;
}
