/** A finding in the terminal: where it is, why, the raw value, and how it was resolved. */
import type { StoredFinding } from '../db/queries/days/quarantine.ts';
import { instant } from './table.ts';

export function describeFinding(finding: StoredFinding): string {
  const { id, day, rule, severity, series, startsAt, payloadId, place, raw, reason } = finding;
  const where = [series, startsAt ? instant(startsAt) : null].filter((part) => part !== null).join(' at ');
  const value = raw === null ? '' : ` = ${raw.length > 120 ? `${raw.slice(0, 120)}…` : raw}`;
  return [
    `${id}  ${day}  ${severity} ${rule}${where ? `  ${where}` : ''}`,
    `    ${reason}`,
    ...(payloadId === null ? [] : [`    payload ${payloadId}: ${place ?? 'the whole response'}${value}`]),
    ...(finding.resolution === 'open' ? [] : [`    ${describeResolution(finding)}`]),
  ].join('\n');
}

function describeResolution({ resolution, resolvedAt, resolvedBy, resolvedReason }: StoredFinding): string {
  const why = resolvedReason === null ? '' : `: ${resolvedReason}`;
  return `${resolution} ${instant(resolvedAt)} by ${resolvedBy}${why}`;
}
