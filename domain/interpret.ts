/**
 * From the bytes of one payload to the points that may be written and the findings about the rest. Pure: the same
 * bytes, day and dataset always give the same answer, so that validating, writing and rebuilding agree.
 */
import type { Check, CheckInput } from './checks.ts';
import { listInstants } from './checks.ts';
import type { CivilDay } from './civil-day.ts';
import { type DatasetDefinition, type Decoded, type DecodedPoint, effectiveOn } from './dataset.ts';
import { intervalStarts } from './delivery-day.ts';
import { AnswerRefused, type Finding, finding } from './finding.ts';

/** A point that passed every blocking rule. */
export interface Point {
  readonly series: string;
  readonly startsAtMs: number;
  readonly value: number | null;
}

export interface Interpretation {
  /** `empty`: the source has nothing for the day · `refused`: the answer as a whole cannot be used · `points`: it can. */
  readonly kind: 'empty' | 'refused' | 'points';
  /** Points to write, by series and time. */
  readonly points: readonly Point[];
  readonly findings: readonly Finding[];
  /**
   * The meaning of the payload as text: two payloads with equal text say the same, whatever their bytes, row order or
   * volatile fields. Blocked values are part of it.
   */
  readonly canonical: string;
}

export type Yesterday = CheckInput['yesterday'];

/** Decodes, arranges and checks one payload of a delivery day. Never throws for what the source sent. */
export function interpret(
  dataset: DatasetDefinition,
  day: CivilDay,
  body: Uint8Array,
  yesterday: Yesterday = new Map(),
): Interpretation {
  try {
    return judge(dataset, day, arrange(dataset, day, dataset.decode(body)), yesterday);
  } catch (error) {
    if (!(error instanceof AnswerRefused)) throw error;
    const found = finding(error.rule, 'block', error.message, { raw: error.raw, points: 0 });
    return {
      kind: 'refused',
      points: [],
      findings: [found],
      canonical: `refused\t${error.rule}\t${error.raw}`,
    };
  }
}

/**
 * Keeps one point per series and grid start. Rows outside the day are ignored and reported, equal repetitions too;
 * repetitions that differ block the point, because nobody can tell which one is right.
 * @throws AnswerRefused when rows lie between the grid's starts: then the resolution is not what we believe it is, and
 *   even the rows on the grid may mean something else.
 */
function arrange(dataset: DatasetDefinition, day: CivilDay, decoded: Decoded): Decoded {
  const starts = new Set(intervalStarts(dataset, day));
  const { inside, outside } = split(decoded.points, dataset, day);
  const strays = inside.filter(({ startsAtMs }) => !starts.has(startsAtMs));
  if (strays.length > 0) {
    const minutes = effectiveOn(dataset.resolution, day).minutes;
    const instants = [...new Set(strays.map(({ startsAtMs }) => startsAtMs))];
    const reason = `${instants.length} rows start between the ${minutes}-minute intervals of ${day}: ${listInstants(instants)}`;
    throw new AnswerRefused('off_grid', reason, strays[0]?.place ?? null);
  }
  const { points, findings } = withoutRepetitions(inside);
  return { points, findings: [...decoded.findings, ...outsideFindings(outside, day), ...findings] };
}

function split(points: readonly DecodedPoint[], dataset: DatasetDefinition, day: CivilDay) {
  const starts = intervalStarts(dataset, day);
  const first = starts[0] ?? 0;
  const end = (starts.at(-1) ?? 0) + effectiveOn(dataset.resolution, day).minutes * 60_000;
  const isInside = ({ startsAtMs }: DecodedPoint) => startsAtMs >= first && startsAtMs < end;
  return { inside: points.filter(isInside), outside: points.filter((point) => !isInside(point)) };
}

function outsideFindings(outside: readonly DecodedPoint[], day: CivilDay): Finding[] {
  if (outside.length === 0) return [];
  const instants = [...new Set(outside.map(({ startsAtMs }) => startsAtMs))];
  const reason = `${instants.length} rows lie outside ${day} and were ignored: ${listInstants(instants)}`;
  return [
    finding('outside_day', 'info', reason, { points: outside.length, place: outside[0]?.place ?? null }),
  ];
}

function withoutRepetitions(points: readonly DecodedPoint[]): Decoded {
  const groups = new Map<string, DecodedPoint[]>();
  for (const point of points) {
    const key = `${point.startsAtMs}\t${point.series}`;
    const group = groups.get(key);
    if (group) group.push(point);
    else groups.set(key, [point]);
  }
  const repeated = [...groups.values()].filter((group) => group.length > 1);
  const conflicting = repeated.filter((group) => group.some(({ value }) => value !== group[0]?.value));
  const agreeing = repeated.length - conflicting.length;
  const blocked = new Set(conflicting);
  return {
    points: [...groups.values()]
      .filter((group) => !blocked.has(group))
      .map(([first]) => first as DecodedPoint),
    findings: [
      ...(agreeing > 0
        ? [
            finding('duplicate', 'info', `${agreeing} points came twice with equal values`, {
              points: agreeing,
            }),
          ]
        : []),
      ...conflicting.map(conflictFinding),
    ],
  };
}

function conflictFinding(group: readonly DecodedPoint[]): Finding {
  const [first] = group as readonly [DecodedPoint];
  const raw = group.map(({ value }) => JSON.stringify(value)).join(' and ');
  const reason = `${first.series} came ${group.length} times with different values: ${raw}`;
  const { series, startsAtMs, place } = first;
  return finding('conflicting_duplicate', 'block', reason, { series, startsAtMs, place, raw });
}

function judge(
  dataset: DatasetDefinition,
  day: CivilDay,
  arranged: Decoded,
  yesterday: Yesterday,
): Interpretation {
  if (arranged.points.length === 0 && !arranged.findings.some(({ severity }) => severity === 'block')) {
    return { kind: 'empty', points: [], findings: arranged.findings, canonical: '' };
  }
  const input = checkInput(dataset, day, arranged.points, yesterday);
  const findings = [...arranged.findings, ...dataset.checks.flatMap((check) => runCheck(check, input))];
  const blocked = new Set(
    findings.filter(isBlockedPoint).map(({ series, startsAtMs }) => `${startsAtMs}\t${series}`),
  );
  const points = [...input.series.values()]
    .flat()
    .filter(({ series, startsAtMs }) => !blocked.has(`${startsAtMs}\t${series}`))
    .map(({ series, startsAtMs, value }) => ({ series, startsAtMs, value }));
  return { kind: 'points', points, findings, canonical: canonicalText(points, findings) };
}

function checkInput(
  dataset: DatasetDefinition,
  day: CivilDay,
  points: readonly DecodedPoint[],
  yesterday: Yesterday,
): CheckInput {
  const sorted = points.toSorted((a, b) => compareText(a.series, b.series) || a.startsAtMs - b.startsAtMs);
  const series = new Map<string, DecodedPoint[]>();
  for (const point of sorted) {
    const list = series.get(point.series);
    if (list) list.push(point);
    else series.set(point.series, [point]);
  }
  const expectedSeries = effectiveOn(dataset.expectedSeries, day).count;
  return { day, starts: intervalStarts(dataset, day), series, expectedSeries, yesterday };
}

function runCheck(check: Check, input: CheckInput): Finding[] {
  return check.run(input).map(({ reason, ...about }) => finding(check.rule, check.severity, reason, about));
}

function isBlockedPoint({ severity, series, startsAtMs }: Finding): boolean {
  return severity === 'block' && series !== null && startsAtMs !== null;
}

function canonicalText(points: readonly Point[], findings: readonly Finding[]): string {
  const written = points.map(({ series, startsAtMs, value }) => `${series}\t${startsAtMs}\t${value}`);
  const blocked = findings
    .filter(({ severity }) => severity === 'block')
    .map((f) => `${f.series}\t${f.startsAtMs}\t!${f.place}\t${f.raw}`);
  return [...written, ...blocked.toSorted(compareText)].join('\n');
}

/** By code units: the same everywhere, unlike a locale's order. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
