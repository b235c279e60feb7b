/** Findings of a file by rule, with the first few of each, for a preview. */
import type { Finding } from '../../domain/interpret/finding.ts';

export type FindingsByRule = Record<string, FindingsOfRule>;

export interface FindingsOfRule {
  readonly severity: string;
  points: number;
  /** The first of them: unit, position, raw value and reason. */
  readonly samples: string[];
}

const SAMPLES = 3;

/** @param unit whose findings they are, as shown. */
export function addFindings(all: FindingsByRule, unit: string, findings: readonly Finding[]): void {
  for (const { rule, severity, points, place, raw, reason } of findings) {
    all[rule] ??= { severity, points: 0, samples: [] };
    const of = all[rule];
    of.points += points;
    const what = raw === null ? reason : `${JSON.stringify(raw)}: ${reason}`;
    if (of.samples.length < SAMPLES) of.samples.push([unit, place, what].filter(Boolean).join(', '));
  }
}
