/**
 * What becomes of an answer of which a part cannot be used: the rest is taken, and what the source said before stands for the part. Where
 * nothing is left to take, or nothing was known before, the answer is kept as it is, and rejected as a whole when it is decoded.
 */
import { AnswerRefused } from '../../domain/interpret/finding.ts';
import { type HolidayAnswer, holidaysIn, type RefusedAnswer, type SourceAnswers } from './answer.ts';

/** Marks an answer that was given earlier. */
const EARLIER = ' before';

type Area = SourceAnswers['areas'][number];

export function withoutRefused(
  year: number,
  answered: SourceAnswers,
  before: HolidayAnswer | undefined,
): SourceAnswers {
  const rejected = new Map(answered.areas.flatMap((area) => rejectionOf(year, answered, area)));
  const forgotten = answered.unknown.filter((code) => areaBefore(before, answered, code));
  const areas = answered.areas.filter(({ area }) => !rejected.has(area));
  const earlier = [...rejected.keys(), ...forgotten].map((code) => areaBefore(before, answered, code));
  const isComplete = rejected.size + forgotten.length === 0;
  if (isComplete || areas.length === 0 || earlier.includes(undefined)) return answered;
  return {
    ...answered,
    said: { ...said(answered, areas), ...earlierSaid(before as HolidayAnswer, earlier as Area[]) },
    areas: [
      ...areas,
      ...(earlier as Area[]).map(({ from, ...area }) => ({ ...area, from: asEarlier(from) })),
    ],
    unknown: answered.unknown.filter((code) => !forgotten.includes(code)),
    refused: [
      ...refusalsOf(answered, rejected),
      ...(forgotten.length > 0 ? [forgottenAnswer(forgotten)] : []),
    ],
  };
}

/** Why an area's answer cannot be used, by its code. */
function rejectionOf(
  year: number,
  answered: SourceAnswers,
  area: Area,
): (readonly [string, AnswerRefused])[] {
  try {
    holidaysIn({ year, ...answered }, area);
    return [];
  } catch (error) {
    if (error instanceof AnswerRefused) return [[area.area, error]];
    throw error;
  }
}

/** What the same kind of source said of an area before. */
function areaBefore(
  before: HolidayAnswer | undefined,
  { source }: SourceAnswers,
  code: string,
): Area | undefined {
  return before?.source.kind === source.kind ? before.areas.find(({ area }) => area === code) : undefined;
}

function said({ said: answers }: SourceAnswers, areas: readonly Area[]): SourceAnswers['said'] {
  const used = new Set(areas.map(({ from }) => from));
  return Object.fromEntries(Object.entries(answers).filter(([code]) => used.has(code)));
}

function earlierSaid({ said: answers }: HolidayAnswer, areas: readonly Area[]): SourceAnswers['said'] {
  return Object.fromEntries(areas.map(({ from }) => [asEarlier(from), answers[from] ?? null]));
}

function asEarlier(from: string): string {
  return from.endsWith(EARLIER) ? from : `${from}${EARLIER}`;
}

/** One for each answer of the source, however many areas it was for. */
function refusalsOf(answered: SourceAnswers, rejected: ReadonlyMap<string, AnswerRefused>): RefusedAnswer[] {
  const byAnswer = new Map<string, RefusedAnswer>();
  for (const { area, from } of answered.areas) {
    const error = rejected.get(area);
    if (!error) continue;
    const known = byAnswer.get(`${from} ${error.rule}`);
    const answer = answered.said[from] ?? null;
    const first = known ?? { rule: error.rule, reason: error.message, areas: [], answer };
    byAnswer.set(`${from} ${error.rule}`, { ...first, areas: [...first.areas, area] });
  }
  return [...byAnswer.values()];
}

function forgottenAnswer(areas: readonly string[]): RefusedAnswer {
  const reason = 'the source answered for it before and does not know it any more';
  return { rule: 'no_holidays', reason, areas, answer: null };
}
