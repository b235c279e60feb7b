/**
 * From lines of points that were sent, to the points of one day that may be written and the findings about the rest. Pure. A line says
 * nothing of the others: of a point that comes twice the last one counts, as it would in the next payload.
 */
import { effectiveOn } from '../dataset/facts.ts';
import type { Decoded, DecodedPoint, GriddedPoints, PushedPoints } from '../dataset/points.ts';
import type { CivilDay } from '../time/civil-day.ts';
import { deliveryInterval, intervalMs, intervalStarts } from '../time/delivery-day.ts';
import { capFindings } from './cap-findings.ts';
import { type Finding, finding } from './finding.ts';
import { aboutHit, canonicalText, columnsOf, type TextInterpretation } from './interpret.ts';
import { judgePoints } from './judge.ts';

type BySeries = ReadonlyMap<string, readonly DecodedPoint[]>;

export function interpretSent(dataset: PushedPoints, day: CivilDay, body: Uint8Array): TextInterpretation {
  return interpretPoints(dataset, day, dataset.push.decode(body));
}

/** The same of points that were decoded. */
export function interpretPoints(dataset: GriddedPoints, day: CivilDay, decoded: Decoded): TextInterpretation {
  const { series, beside } = onGrid(dataset, day, decoded.points);
  const arranging = [...decoded.findings, ...beside];
  const findings = [...arranging];
  const stepMs = intervalMs(dataset, day);
  const input = {
    ...{ day, series: new Map([...series].map(([name, points]) => [name, columnsOf(points, stepMs)])) },
    ...{ unusable: new Map(), starts: intervalStarts(dataset, day), repeatsYesterday: false },
    expectedSeries: effectiveOn(dataset.expectedSeries, day).count,
  };
  const checks = (dataset.checks ?? []).filter(({ needs }) => !needs?.includes('yesterday'));
  const held = judgePoints(checks, input, ({ rule, severity }, hit) =>
    findings.push(finding(rule, severity, hit.reason, aboutHit(hit, series))),
  );
  const all = [...series.values()].flat();
  const isHeld = ({ series: name, startsAtMs }: DecodedPoint) => held.get(name)?.has(startsAtMs) ?? false;
  return {
    kind: all.length + findings.length > 0 ? 'points' : 'empty',
    ...{ points: all.filter((point) => !isHeld(point)), quarantined: all.filter(isHeld) },
    findings: capFindings(findings),
    canonical: canonicalText(series, arranging, deliveryInterval(dataset, day).startMs),
  };
}

/** The last of each point, by series and time, and what lies beside the grid or beyond the day. */
function onGrid(dataset: GriddedPoints, day: CivilDay, points: readonly DecodedPoint[]) {
  const { startMs, endMs } = deliveryInterval(dataset, day);
  const stepMs = intervalMs(dataset, day);
  const last = new Map<string, Map<number, DecodedPoint>>();
  const beside: Finding[] = [];
  for (const point of points) {
    const { series, startsAtMs, place } = point;
    const isOfDay = startsAtMs >= startMs && startsAtMs < endMs;
    if (isOfDay && (startsAtMs - startMs) % stepMs === 0) {
      const of = last.get(series) ?? new Map<number, DecodedPoint>();
      last.set(series, of.set(startsAtMs, point));
      continue;
    }
    const at = `${series} has a point at ${new Date(startsAtMs).toISOString()}`;
    beside.push(
      isOfDay
        ? finding(
            'off_grid',
            'block',
            `${at}, between the ${stepMs / 60_000}-minute intervals of ${day}`,
            about(point),
          )
        : finding('outside_day', 'info', `${at}, outside ${day}; it was ignored`, { place }),
    );
  }
  const names = [...last.keys()].sort();
  const series: BySeries = new Map(names.map((name) => [name, inOrder(last.get(name)?.values() ?? [])]));
  return { series, beside };
}

function inOrder(points: Iterable<DecodedPoint>): DecodedPoint[] {
  return [...points].sort((a, b) => a.startsAtMs - b.startsAtMs);
}

function about({ series, startsAtMs, place, value }: DecodedPoint) {
  return { series, startsAtMs, place, raw: JSON.stringify(value) };
}
