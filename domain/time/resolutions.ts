/** The possible lengths of buckets, and their spellings. Pure. */

/** ISO 8601 durations below a day, ascending, with their seconds: each divides a minute, an hour or a day. */
const SECONDS = {
  ...{ PT1S: 1, PT2S: 2, PT5S: 5, PT10S: 10, PT15S: 15, PT20S: 20, PT30S: 30 },
  ...{ PT1M: 60, PT2M: 120, PT5M: 300, PT10M: 600, PT15M: 900, PT20M: 1_200, PT30M: 1_800 },
  ...{ PT1H: 3_600, PT2H: 7_200, PT3H: 10_800, PT4H: 14_400, PT6H: 21_600, PT8H: 28_800, PT12H: 43_200 },
} as const;

const OF_DAYS = ['P1D', 'P1W', 'P1M', 'P3M', 'P1Y'] as const;

export type Resolution = keyof typeof SECONDS | (typeof OF_DAYS)[number];

/** Ascending. */
export const RESOLUTIONS: readonly Resolution[] = [
  ...(Object.keys(SECONDS) as (keyof typeof SECONDS)[]),
  ...OF_DAYS,
];

/** Length of the buckets of a resolution below a day; undefined for days and longer, which depend on the calendar. */
export function secondsOf(resolution: Resolution): number | undefined {
  return (SECONDS as Readonly<Partial<Record<Resolution, number>>>)[resolution];
}

/** The shortest resolution that is not finer than this many seconds. */
export function shortestFrom(seconds: number): Resolution {
  return RESOLUTIONS.find((each) => (secondsOf(each) ?? Number.POSITIVE_INFINITY) >= seconds) ?? 'P1D';
}

/** Spellings of the units after a number: `m` is a minute, `M` a month. */
const UNITS: Readonly<Record<string, readonly string[]>> = {
  ...{ S: ['s', 'sec'], TM: ['m', 'min'], H: ['h'], D: ['d'] },
  ...{ W: ['w'], M: ['M'], Y: ['y', 'Y'] },
};
const WORDS: Readonly<Record<string, Resolution>> = {
  ...{ second: 'PT1S', minute: 'PT1M', hour: 'PT1H', day: 'P1D' },
  ...{ week: 'P1W', month: 'P1M', quarter: 'P3M', '1Q': 'P3M', year: 'P1Y' },
};

/** Every spelling: `PT15M`, `15m`, `15min`; `P1D`, `1d`, `day`. */
export const SPELLINGS: ReadonlyMap<string, Resolution> = new Map([
  ...RESOLUTIONS.map((each) => [each, each] as const),
  ...RESOLUTIONS.flatMap((each) => shortOf(each).map((short) => [short, each] as const)),
  ...Object.entries(WORDS),
]);

function shortOf(resolution: Resolution): string[] {
  const [, time = '', amount = '', letter = ''] = /^P(T?)(\d+)([A-Z])$/.exec(resolution) ?? [];
  const unit = time === 'T' && letter === 'M' ? 'TM' : letter;
  return (UNITS[unit] ?? []).map((short) => amount + short);
}
