/**
 * From pushed lines of points to the points of one day that may be written and the findings about the rest. Pure. Lines are independent: of
 * repeated points the last one counts, and a quarantined one leaves the value of the line before it, as if each came in its own payload.
 * How lines were grouped into payloads does not affect the current values.
 */
import { effectiveOn } from '../dataset/facts.ts';
import type { Decoded, DecodedPoint, GriddedPoints, PushedPoints } from '../dataset/points.ts';
import type { CivilDay } from '../time/civil-day.ts';
import { deliveryInterval, intervalMs, intervalStarts } from '../time/delivery-day.ts';
import type { Check, Hit } from './checks.ts';
import { capFindings, type Finding, finding } from './finding.ts';
import { aboutHit, bySeries, canonicalText, columnsOf, type TextInterpretation } from './interpret.ts';
import { type HeldPoints, judgePoints } from './judge.ts';

type BySeries = ReturnType<typeof bySeries>;
/** Lines of one point, the last one first. */
type Lines = readonly [last: DecodedPoint, ...earlier: DecodedPoint[]];

export function interpretSent(dataset: PushedPoints, day: CivilDay, body: Uint8Array): TextInterpretation {
  return interpretPoints(dataset, day, dataset.push.decode(body));
}

/** The same for decoded points. */
export function interpretPoints(dataset: GriddedPoints, day: CivilDay, decoded: Decoded): TextInterpretation {
  const { lines, beside } = onGrid(dataset, day, decoded.points);
  const series = bySeries(lines.map(([last]) => last));
  const arranging = [...decoded.findings, ...beside];
  const findings = [...arranging];
  const judged = judgeOf(dataset, day);
  const held = judged(series, ({ rule, severity }, hit) =>
    findings.push(finding(rule, severity, hit.reason, aboutHit(hit, series))),
  );
  const all = [...series.values()].flat();
  const before = goodBefore(
    lines.filter((each) => each.length > 1 && isIn(held, each[0])),
    judged,
  );
  const canonical = canonicalText(series, arranging, deliveryInterval(dataset, day).startMs);
  return {
    kind: all.length + findings.length > 0 ? 'points' : 'empty',
    points: [...all.filter((point) => !isIn(held, point)), ...before],
    quarantined: all.filter((point) => isIn(held, point)),
    findings: capFindings(findings),
    canonical: [canonical, ...before.map(textOf)].join('\nbefore\t'),
  };
}

type Judged = (series: BySeries, tell: (check: Check, hit: Hit) => void) => HeldPoints;

function judgeOf(dataset: GriddedPoints, day: CivilDay): Judged {
  const stepMs = intervalMs(dataset, day);
  const checks = (dataset.checks ?? []).filter(({ needs }) => !needs?.includes('yesterday'));
  const about = {
    ...{ day, unusable: new Map(), starts: intervalStarts(dataset, day), repeatsYesterday: false },
    expectedSeries: effectiveOn(dataset.expectedSeries, day).count,
  };
  return (series, tell) => {
    const columns = new Map([...series].map(([name, points]) => [name, columnsOf(points, stepMs)]));
    return judgePoints(checks, { ...about, series: columns }, tell);
  };
}

/**
 * For points whose last line is quarantined, the latest earlier line that is not. Each line is judged once, beside those of other points.
 * @param lines of each point, the last one first.
 */
function goodBefore(lines: readonly Lines[], judged: Judged): DecodedPoint[] {
  const good: DecodedPoint[] = [];
  let left = lines;
  for (let n = 1; left.length > 0; n++) {
    const next = left.flatMap((each) => each[n] ?? []);
    const held = judged(bySeries(next), () => undefined);
    good.push(...next.filter((point) => !isIn(held, point)));
    left = left.filter((each) => each.length > n + 1 && isIn(held, each[n] as DecodedPoint));
  }
  return good;
}

function textOf({ series, startsAtMs, value }: DecodedPoint): string {
  return `${series}\t${startsAtMs}=${value}`;
}

function isIn(held: HeldPoints, { series, startsAtMs }: DecodedPoint): boolean {
  return held.get(series)?.has(startsAtMs) ?? false;
}

/** The lines of each point, and findings for those off the grid or outside the day. */
function onGrid(dataset: GriddedPoints, day: CivilDay, points: readonly DecodedPoint[]) {
  const { startMs, endMs } = deliveryInterval(dataset, day);
  const stepMs = intervalMs(dataset, day);
  const lines = new Map<string, [DecodedPoint, ...DecodedPoint[]]>();
  const beside: Finding[] = [];
  for (const point of points.toReversed()) {
    const { series, startsAtMs, place } = point;
    const isOfDay = startsAtMs >= startMs && startsAtMs < endMs;
    if (isOfDay && (startsAtMs - startMs) % stepMs === 0) {
      const key = `${startsAtMs}\t${series}`;
      const later = lines.get(key);
      if (later) later.push(point);
      else lines.set(key, [point]);
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
  return { lines: [...lines.values()], beside: beside.toReversed() };
}

function about({ series, startsAtMs, place, value }: DecodedPoint) {
  return { series, startsAtMs, place, raw: JSON.stringify(value) };
}
