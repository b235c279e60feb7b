/** Do the lines of a range become days: whose a line is, order, repetitions, grid, range, steps, gaps, and flat findings? */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FiledPoints } from '../../../../domain/dataset/points.ts';
import type { FileForm } from '../../../../domain/files/file-form.ts';
import { validRange } from '../../../../domain/interpret/checks.ts';
import type { Finding } from '../../../../domain/interpret/finding.ts';
import { canonicalOf } from '../../../../domain/lines/canonical.ts';
import { DayCollector, type DayRange } from '../../../../domain/lines/day-collector.ts';
import { FINDINGS_PER_RULE } from '../../../../domain/lines/day-findings.ts';
import type { DayRead } from '../../../../domain/lines/day-read.ts';
import { interpretLines } from '../../../../domain/lines/interpret-lines.ts';
import { LineReader } from '../../../../domain/lines/line-reader.ts';
import { dayInterval } from '../../../../domain/time/civil-day.ts';
import { FORM, handOver, instant, sampleFileDataset } from '../../../support/reading.ts';

const dataset = sampleFileDataset();
const DAYS: DayRange = { first: '2024-01-03', last: '2024-01-05' };
/** The start of 2024-01-03 in Zurich. */
const START = Date.parse('2024-01-02T23:00:00Z');

interface CollectOptions {
  readonly form?: FileForm;
  readonly range?: DayRange;
  readonly of?: FiledPoints;
  readonly chunk?: number;
}

function collect(
  lines: string,
  { form = FORM, range = DAYS, of = dataset, chunk = 1 << 20 }: CollectOptions = {},
) {
  const reader = new LineReader(form, { firstByte: 0, firstLine: 1 });
  const collector = new DayCollector(of, reader.series, range);
  handOver(Buffer.from(lines), chunk, reader, collector);
  return { collector, days: collector.finish() };
}

/** Lines of points, seconds after the start of the range: `0 50, 30 null`. */
function linesOf(points: string | readonly (readonly [second: number, value: number | string])[]): string {
  if (typeof points !== 'string')
    return points.map(([second, value]) => `${instant(START + second * 1000)};${value}\n`).join('');
  const said = points.split(', ').map((point) => point.split(' '));
  return linesOf(said.map(([second = '', value = '']) => [Number(second), value === 'null' ? '' : value]));
}

function hourly(count: number, from = 0): string {
  return linesOf(Array.from({ length: count }, (_, i) => [from + i * 3600, 50] as const));
}

const findingsOf = (day: DayRead | undefined, rule: string) =>
  day?.findings.filter((found) => found.rule === rule) ?? [];
const short = ({ rule, severity, series, startsAtMs, points, place, raw }: Finding) => ({
  ...{ rule, severity, series, points, place, raw },
  at: startsAtMs === null ? null : instant(startsAtMs),
});
const values = (day: DayRead | undefined) =>
  day?.series.map(({ series, startsAtMs, values }) => {
    const points = [...startsAtMs].map((ms, i) => `${(ms - START) / 1000} ${values[i]}`);
    return `${series}: ${points.join(', ').replaceAll('NaN', 'null')}`;
  });

describe('a whole day', () => {
  test('has its points, its place in the file, and nothing to warn of', () => {
    const { days } = collect(hourly(72));
    expect(
      days.map(({ day, byteFrom, byteTo, firstLine, lines }) => [day, byteFrom, byteTo, firstLine, lines]),
    ).toEqual([
      ['2024-01-03', 0, 24 * 24, 1, 24],
      ['2024-01-04', 24 * 24, 48 * 24, 25, 24],
      ['2024-01-05', 48 * 24, 72 * 24, 49, 24],
    ]);
    expect(days.map(({ findings, refused }) => ({ findings, refused }))).toEqual(
      Array.from({ length: 3 }, () => ({ findings: [], refused: {} })),
    );
    expect(days[0]?.series[0]?.stepMs).toBe(3_600_000);
  });

  test.each([
    ['2024-03-31', 23],
    ['2024-10-27', 25],
  ])('of a clock change, %s, has %d hours', (day, hours) => {
    const from = (Date.parse(`${day}T00:00:00Z`) - START) / 1000 - (hours === 23 ? 3600 : 7200);
    const { days } = collect(hourly(hours, from), { range: { first: day, last: day } });
    expect(days.map(({ lines, findings }) => [lines, findings])).toEqual([[hours, []]]);
  });

  test('of a null: it is published', () => {
    const { days } = collect(
      linesOf([[0, 50], [3600, ''], ...Array.from({ length: 22 }, (_, i) => [7200 + i * 3600, 50] as const)]),
    );
    expect(days[0]?.findings).toEqual([]);
    expect(days[0]?.series[0]?.values[1]).toBeNaN();
  });
});

describe('whose a line is', () => {
  test('a line that cannot be read is of the day before it, the first ones of the first day', () => {
    const file = `x\n${hourly(1, 86_400)}y\n${hourly(1, 2 * 86_400)}z\n`;
    const { days } = collect(file);
    expect(
      days.map(({ day, lines, byteFrom, byteTo, firstLine, refused }) => [
        day,
        lines,
        byteFrom,
        byteTo,
        firstLine,
        refused,
      ]),
    ).toEqual([
      ['2024-01-04', 3, 0, 28, 1, { unreadable_line: 2 }],
      ['2024-01-05', 2, 28, 54, 4, { unreadable_line: 1 }],
    ]);
    expect(findingsOf(days[0], 'unreadable_line').map(short)).toEqual(
      [
        ['line 1', 'x'],
        ['line 3', 'y'],
      ].map(([place, raw]) => ({
        ...{ rule: 'unreadable_line', severity: 'block', series: null, at: null, points: 1, place, raw },
      })),
    );
  });

  test('a value that cannot be read is of the day of its time', () => {
    const { days } = collect(`${hourly(1)}${linesOf('86400 x')}`);
    expect(days[1]?.day).toBe('2024-01-04');
    expect(findingsOf(days[1], 'unreadable_value').map(short)).toEqual([
      {
        ...{ rule: 'unreadable_value', severity: 'block', series: 'frequency', at: '2024-01-03T23:00:00Z' },
        ...{ points: 1, place: 'line 2', raw: '2024-01-03T23:00:00Z;x' },
      },
    ]);
  });

  test.each([
    ['too many columns', '2024-01-03T23:00:00Z;50;7', 'unreadable_line'],
    ['too few columns', '2024-01-03T23:00:00Z', 'unreadable_line'],
    ['a quote that is not closed', '2024-01-03T23:00:00Z;"50', 'unreadable_line'],
    ['a line without an end', `2024-01-03T23:00:00Z;${'5'.repeat(1_100_000)}`, 'unreadable_line'],
    ['a minute that does not exist', '2024-01-04T00:61:00+01:00;50', 'unreadable_time'],
    ['no zone', '2024-01-04T00:00:00;50', 'unreadable_time'],
    ['an hour that does not exist', '2024-01-04T24:01:00Z;50', 'unreadable_time'],
    ['a fraction', '2024-01-03T23:00:00.5Z;50', 'unreadable_time'],
  ])('a line whose day can be read is of this day: %s', (_, line, rule) => {
    const file = `${hourly(24)}${line}\n${hourly(23, 86_400 + 3600)}`;
    const form = { ...FORM, columns: 2 };
    const { days } = collect(file, { form });
    expect(days.map(({ day, lines, refused }) => [day, lines, refused])).toEqual([
      ['2024-01-03', 24, {}],
      ['2024-01-04', 24, { [rule]: 1 }],
    ]);
    const [, second] = days as [DayRead, DayRead];
    const bytes = Buffer.from(file).subarray(second.byteFrom, second.byteTo);
    const at = { firstByte: second.byteFrom, firstLine: second.firstLine, days: DAYS };
    const { read } = interpretLines(dataset, second.day, bytes, form, at);
    expect(read).toEqual(second);
  });

  test('a time that the clocks skip is of its day, though they skip it at midnight', () => {
    const of = sampleFileDataset({
      source: { id: 'sample', title: 'Sample', link: 'https://localhost/', timeZone: 'Asia/Beirut' },
    });
    const form: FileForm = { ...FORM, time: 'iso-local', zone: 'Asia/Beirut' };
    const file = '2024-03-30 23:00:00;50\n2024-03-31 00:30:00;50\n2024-03-31 01:00:00;50\n';
    const { days } = collect(file, { form, of, range: { first: '2024-03-30', last: '2024-03-31' } });
    expect(days.map(({ day, lines, refused }) => [day, lines, refused])).toEqual([
      ['2024-03-30', 1, {}],
      ['2024-03-31', 2, { unreadable_time: 1 }],
    ]);
  });

  test('a line of no day of the range is refused where it stands', () => {
    const { days, collector } = collect(
      `${hourly(1)}${hourly(1, -1)}${hourly(1, 3600)}${hourly(1, 3 * 86_400)}`,
    );
    expect(days.map(({ day, lines, refused }) => [day, lines, refused])).toEqual([
      ['2024-01-03', 4, { out_of_order: 2 }],
    ]);
    expect(findingsOf(days[0], 'out_of_order').map(short)).toMatchObject([
      { place: 'line 2', raw: '2024-01-02T22:59:59Z;50' },
      { place: 'line 4', raw: '2024-01-05T23:00:00Z;50' },
    ]);
    expect(collector.refusedSoFar).toBe(2);
  });

  test('lines of which none is readable are of the first day', () => {
    const { days } = collect('x\ny\n');
    expect(days.map(({ day, lines, series }) => [day, lines, series])).toEqual([['2024-01-03', 2, []]]);
  });
});

describe('order and repetitions', () => {
  test('lines in any order are put in order, with one warning', () => {
    const [day] = collect(
      linesOf(
        [
          [7200, 3],
          [0, 1],
          [10_800, 4],
          [3600, 2],
        ].map(([s = 0, v = 0]) => [s, 50 + v / 100]),
      ),
    ).days;
    expect(values(day)).toEqual(['frequency: 0 50.01, 3600 50.02, 7200 50.03, 10800 50.04']);
    expect(findingsOf(day, 'unordered').map(short)).toMatchObject([
      { severity: 'info', points: 2, place: 'line 2' },
    ]);
  });

  test('the same again is one point; a contradiction is none', () => {
    const [day] = collect(
      linesOf('0 50, 0 50, 0 50, 3600 50.1, 3600 50, 7200 50, 3600 null, 10800 null, 10800 null'),
    ).days;
    expect(values(day)).toEqual(['frequency: 0 50, 7200 50, 10800 null']);
    expect(findingsOf(day, 'duplicate').map(short)).toMatchObject([{ points: 2, place: 'line 2' }]);
    expect(findingsOf(day, 'conflicting_duplicate').map(short)).toEqual([
      {
        ...{
          rule: 'conflicting_duplicate',
          severity: 'block',
          series: 'frequency',
          points: 1,
          place: 'line 4',
        },
        ...{ raw: '50 and 50.1 and null', at: '2024-01-03T00:00:00Z' },
      },
    ]);
    expect(day?.refused).toEqual({ conflicting_duplicate: 1 });
  });
});

describe('the grid', () => {
  test.each([
    ['30 s', [0, 30, 60, 90], 30],
    ['the shortest of several', [0, 30, 60, 120, 180], 30],
    ['90 minutes', [0, 5400, 10_800], 5400],
    ['2 hours that begin with an odd one', [3600, 10_800, 18_000], 7200],
    ['7 s', [3, 10, 17], 7],
    ['half-hours at a quarter past', [900, 2700, 4500], 1800],
    ['a single point: the finest', [0], 1],
  ])('%s', (_, seconds, step) => {
    const [day] = collect(linesOf(seconds.map((second) => [second, 50]))).days;
    expect(day?.series[0]?.stepMs).toBe(step * 1000);
    expect(day?.series[0]?.startsAtMs.length).toBe(seconds.length);
  });

  test.each([
    ['7 s', 7, 6, [] as number[], 0],
    ['7 s with gaps at both ends and between', 7, 3, [0, 1, 500, 12_340, 12_341, 12_342], 6],
    ['2 hours', 7200, 3600, [], 0],
    ['2 hours without one', 7200, 3600, [5], 1],
  ])('%s: what is missing is counted in these, whenever they begin', (_, step, from, lacking, missing) => {
    const all = Array.from({ length: Math.ceil((86_400 - from) / step) }, (_, n) => n);
    const there = all.filter((n) => !lacking.includes(n));
    const [day] = collect(linesOf(there.map((n) => [from + n * step, 50]))).days;
    expect(findingsOf(day, 'missing_intervals').map(({ points }) => points)).toEqual(
      missing > 0 ? [missing] : [],
    );
    expect(day?.series[0]?.startsAtMs.length).toBe(there.length);
    expect(day?.refused).toEqual({});
  });

  test('a point beside it is written nowhere', () => {
    const [day] = collect(linesOf('0 50, 30 50, 47 50, 60 50, 90 50')).days;
    expect(values(day)).toEqual(['frequency: 0 50, 30 50, 60 50, 90 50']);
    expect(findingsOf(day, 'off_grid').map(short)).toMatchObject([
      { severity: 'block', at: '2024-01-02T23:00:47Z', place: 'line 3', raw: '50' },
    ]);
    expect(day?.refused).toEqual({ off_grid: 1 });
    expect(day?.series[0]?.quarantinedValues.length).toBe(0);
  });

  test('of a dataset of minutes has no place for seconds', () => {
    const of = sampleFileDataset({ finestSeconds: 60 });
    const [day] = collect(linesOf('0 50, 1 50, 60 50, 61 50, 62 50'), { of }).days;
    expect(values(day)).toEqual(['frequency: 0 50, 60 50']);
    expect(day?.refused).toEqual({ off_grid: 3 });
  });
});

describe('values', () => {
  test('that cannot be right are quarantined, and no step is told to or from them', () => {
    const [day] = collect(linesOf('0 50, 1 44.99, 2 50, 3 55.01, 4 55, 5 45')).days;
    expect(values(day)).toEqual(['frequency: 0 50, 2 50, 4 55, 5 45']);
    const held = day?.series[0];
    expect(
      [...(held?.quarantinedStartsAtMs ?? [])].map((ms, i) => [ms - START, held?.quarantinedValues[i]]),
    ).toEqual([
      [1000, 44.99],
      [3000, 55.01],
    ]);
    expect(findingsOf(day, 'range').map(short)).toMatchObject([
      { severity: 'block', raw: '44.99', place: 'line 2' },
      { raw: '55.01' },
    ]);
    expect(findingsOf(day, 'sudden_step').map(short)).toMatchObject([
      { severity: 'warn', at: '2024-01-02T23:00:05Z', raw: '45' },
    ]);
    expect(day?.refused).toEqual({});
  });

  test('that step: by more than the limit, from one interval to the next', () => {
    const [day] = collect(linesOf('0 50.1, 1 50.2, 2 50.301, 4 51, 5 null, 6 50')).days;
    expect(findingsOf(day, 'sudden_step').map(({ reason }) => reason)).toEqual([
      'frequency went from 50.2 to 50.301 Hz',
    ]);
  });

  test('that are not there: how many, in how many gaps, and where', () => {
    const [day] = collect(hourly(3, 3600) + hourly(18, 5 * 3600)).days;
    expect(findingsOf(day, 'missing_intervals')).toMatchObject([
      {
        severity: 'warn',
        points: 3,
        series: 'frequency',
        reason:
          'frequency lacks 3 points of 3600 s in 3 gaps: 2024-01-02T23:00:00Z to 2024-01-03T00:00:00Z, ' +
          '2024-01-03T03:00:00Z to 2024-01-03T04:00:00Z, 2024-01-03T22:00:00Z to 2024-01-03T23:00:00Z',
      },
    ]);
  });
});

describe('many findings', () => {
  test('the first hundred of a rule are told, the rest is counted, and all are quarantined', () => {
    const [day] = collect(linesOf(Array.from({ length: 1_000 }, (_, i) => [i, i % 2 ? 60 : 50]))).days;
    const found = findingsOf(day, 'range');
    expect(found.length).toBe(FINDINGS_PER_RULE + 1);
    expect(found[99]?.place).toBe('line 200');
    expect(found.at(-1)).toMatchObject({
      points: 400,
      series: null,
      place: null,
      reason: '400 more like the 100 that are listed',
    });
    expect(day?.series[0]?.quarantinedValues.length).toBe(500);
  });

  test('by place in the file, whatever the order in time', () => {
    const points = Array.from({ length: 1_000 }, (_, i) => [999 - i, 60] as const);
    const [day] = collect(linesOf(points)).days;
    expect(
      findingsOf(day, 'range')
        .slice(0, 100)
        .map(({ place }) => place),
    ).toEqual(Array.from({ length: 100 }, (_, i) => `line ${i + 1}`));
  });

  test('of lines that are refused: a load hears how many there are so far, and of which kind', () => {
    const { collector, days } = collect(`${'x\n'.repeat(30_000)}${linesOf('0 y')}`);
    expect(collector.refusedSoFar).toBe(30_001);
    expect(collector.refusals()).toEqual([
      { rule: 'unreadable_line', count: 30_000, samples: ['line 1: x', 'line 2: x', 'line 3: x'] },
      { rule: 'unreadable_value', count: 1, samples: [`line 30001: ${linesOf('0 y').trim()}`] },
    ]);
    expect(days[0]?.findings.length).toBe(FINDINGS_PER_RULE + 2);
    expect(days[0]?.refused).toEqual({ unreadable_line: 30_000, unreadable_value: 1 });
  });
});

/** Points of three days, mostly in order, with all that can be wrong with lines. */
const ANY_LINE = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .tuple(fc.integer({ min: -2, max: 74 }), fc.constantFrom('50', '50', '50.01', '60', '', 'x'))
      .map(([hour, value]) => linesOf([[hour * 3600, value]])),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'x\n',
      '\n',
      '2024-04-31T00:00:00Z;50\n',
      ';;\n',
      '"2024-01-04T00:00:00Z";"50"\r\n',
    ),
  },
);
const ANY_FILE = fc
  .tuple(fc.array(ANY_LINE, { maxLength: 60 }), fc.boolean())
  .map(([lines, sorted]) => (sorted ? lines.toSorted() : lines).join(''));

describe('a day alone', () => {
  test('says bit for bit what it says in the range, whatever the lines and however they come', () => {
    fc.assert(
      fc.property(ANY_FILE, fc.integer({ min: 10, max: 400 }), (file, chunk) => {
        const { days } = collect(file, { chunk });
        expect(collect(file).days).toEqual(days);
        for (const day of days) expectSameAlone(file, day, DAYS);
      }),
      { numRuns: 150 },
    );
  });

  test('the same over both clock changes, in wall-clock times', () => {
    for (const [first, last] of [
      ['2024-10-26', '2024-10-28'],
      ['2024-03-30', '2024-04-01'],
    ] as const) {
      const form = { ...FORM, time: 'iso-local' } as const;
      const show = new Intl.DateTimeFormat('sv-SE', {
        timeZone: form.zone,
        dateStyle: 'short',
        timeStyle: 'medium',
      });
      const [from, to] = [dayInterval(first, form.zone).startMs, dayInterval(last, form.zone).endMs];
      const quarters = Array.from({ length: (to - from) / 900_000 }, (_, i) => from + i * 900_000);
      const file = quarters.map((ms) => `${show.format(ms)};50\n`).join('');
      const { days } = collect(file, { form, range: { first, last } });
      expect(days.map(({ findings }) => findings)).toEqual([[], [], []]);
      for (const day of days) expectSameAlone(file, day, { first, last }, form);
    }
  });

  test('without its range passes over whatever is not of it', () => {
    const file = `${hourly(1)}${hourly(1, -3600)}x\n${linesOf('90000 x')}${hourly(1, 3600)}`;
    const { read } = interpretLines(dataset, '2024-01-03', Buffer.from(file), FORM, {
      firstByte: 0,
      firstLine: 1,
    });
    expect(read).toMatchObject({ lines: 2, refused: {} });
  });

  test('that has no line is empty', () => {
    const { read, interpretation } = interpretLines(dataset, '2024-01-04', Buffer.from(hourly(2)), FORM, {
      firstByte: 0,
      firstLine: 1,
    });
    expect(read).toBeUndefined();
    expect(interpretation).toMatchObject({ kind: 'empty', points: [], quarantined: [] });
  });

  test('is told point by point for the fold', () => {
    const file = linesOf('0 50, 3600 null, 7200 60');
    const { interpretation } = interpretLines(dataset, '2024-01-03', Buffer.from(file), FORM, {
      firstByte: 0,
      firstLine: 1,
    });
    expect(interpretation).toMatchObject({
      kind: 'points',
      points: [
        { series: 'frequency', startsAtMs: START, value: 50 },
        { series: 'frequency', startsAtMs: START + 3_600_000, value: null },
      ],
      quarantined: [{ series: 'frequency', startsAtMs: START + 7_200_000, value: 60 }],
    });
  });
});

function expectSameAlone(file: string, day: DayRead, days: DayRange, form: FileForm = FORM): void {
  const bytes = Buffer.from(file).subarray(day.byteFrom, day.byteTo);
  const at = { firstByte: day.byteFrom, firstLine: day.firstLine, days };
  const { read, interpretation } = interpretLines(dataset, day.day, bytes, form, at);
  expect(read).toEqual(day);
  expect(interpretation.canonical).toEqual(canonicalOf(day));
}

describe('what a day says', () => {
  const canonical = (lines: string, options?: CollectOptions) => {
    const [day] = collect(lines, options).days;
    return day && Buffer.from(canonicalOf(day)).toString('hex');
  };
  const FILE = linesOf('0 50, 3600 60, 7200 null, 10800 50.01');

  test.each([
    [
      'in another order',
      FILE.split(/(?<=\n)/)
        .toReversed()
        .join(''),
    ],
    ['with a line twice', FILE + linesOf('0 50')],
    ['in another form', FILE.replaceAll('Z', '+00:00').replaceAll('\n', '\r\n')],
  ])('is the same %s', (_, lines) => {
    expect(canonical(lines)).toBe(canonical(FILE));
  });

  test('is the same whatever we think of it', () => {
    expect(canonical(FILE, { of: sampleFileDataset({ checks: [validRange(0, 100, 'Hz')] }) })).toBe(
      canonical(FILE),
    );
  });

  test('is the same as that of the day before, if that repeats it', () => {
    expect(canonical(hourly(24, 86_400))).toBe(canonical(hourly(24)));
  });

  test.each([
    ['another value', FILE.replace('50.01', '50.02')],
    ['a null less', linesOf('0 50, 3600 60, 10800 50.01')],
    ['a value for a null', FILE.replace(';\n', ';0\n')],
    ['another time', FILE.replace('T23:00:00', 'T23:00:01')],
    ['a line that cannot be read', `${FILE}x\n`],
    ['another line that cannot be read', `${FILE}y\n`],
    ['a contradiction', `${FILE}${linesOf('0 51')}`],
    ['another name', FILE.replaceAll(';', ';b;')],
  ])('is another with %s', (_, lines) => {
    const form = lines.includes(';b;')
      ? { ...FORM, seriesColumn: 1, values: [{ column: 2, series: '' }] }
      : FORM;
    expect(canonical(lines, { form })).not.toBe(canonical(FILE));
  });
});
