/**
 * Which holiday of an answer is which of the previous one. Sources rename holidays and laws move them, and neither gives a holiday a
 * lasting id. So the answer is compared with the previous one, and a holiday found in both keeps its id. The ids are stored with the
 * answer: folding it again gives the same keys.
 */
import type { CivilDay } from '../../domain/time/civil-day.ts';

/** A holiday as a source lists it, in our fields. */
export interface Entry {
  /** The rule by which the source computes the date, if it has one: it outlasts names and dates. */
  readonly rule: string | null;
  readonly date: CivilDay;
  readonly name: string;
  readonly localName: string | null;
  /** `public`, `bank`, `school`, `optional`, `observance`, … as in the source, in lower case. */
  readonly type: string;
  /** Whether it replaces one that falls on a free day; null: the source does not say. */
  readonly substitute: boolean | null;
}

export interface Identified extends Entry {
  readonly id: string;
}

type Likeness = (one: Entry, other: Entry) => boolean;

/** Everything the source says of a holiday. */
export function contentOf({ rule, date, name, localName, type, substitute }: Entry): string {
  return JSON.stringify([date, name, localName, type, rule, substitute]);
}

const sameRule: Likeness = (one, other) =>
  one.rule !== null && one.rule === other.rule && one.substitute === other.substitute;
const sameName: Likeness = (one, other) => one.name === other.name;
const sameDate: Likeness = (one, other) => one.date === other.date;

/** From the most to the least reliable. The last but one is a holiday that was moved, the last one that was renamed. */
const LIKENESSES: readonly Likeness[] = [
  (one, other) => contentOf(one) === contentOf(other),
  (one, other) => sameRule(one, other) && sameDate(one, other),
  (one, other) => sameName(one, other) && sameDate(one, other),
  sameRule,
  sameName,
  sameDate,
];

/**
 * The ids of an area's holidays, in their order; ids are unique.
 * @param before the same area's holidays in the previous answer, with their ids.
 */
export function identify(now: readonly Entry[], before: readonly Identified[]): string[] {
  const ids = new Map<Entry, string>();
  for (const isLike of LIKENESSES) pair(now, before, ids, isLike);
  const taken = new Set([...ids.values(), ...before.map(({ id }) => id)]);
  const news = now.filter((entry) => !ids.has(entry)).sort(byContent);
  for (const entry of news) {
    const id = unusedId(slug(entry.name), taken);
    ids.set(entry, id);
    taken.add(id);
  }
  return now.map((entry) => ids.get(entry) ?? '');
}

/** Pairs holidays that match each other and no other. */
function pair(
  now: readonly Entry[],
  before: readonly Identified[],
  ids: Map<Entry, string>,
  isLike: Likeness,
): void {
  const taken = new Set(ids.values());
  const free = before.filter(({ id }) => !taken.has(id));
  const open = now.filter((entry) => !ids.has(entry));
  for (const entry of open) {
    const [old, ...others] = free.filter((each) => isLike(entry, each));
    if (!old || others.length > 0) continue;
    if (open.filter((each) => isLike(each, old)).length === 1) ids.set(entry, old.id);
  }
}

function byContent(a: Entry, b: Entry): number {
  const [one, other] = [contentOf(a), contentOf(b)];
  return one < other ? -1 : one > other ? 1 : 0;
}

function unusedId(base: string, taken: ReadonlySet<string>): string {
  if (!taken.has(base)) return base;
  for (let number = 2; ; number++) if (!taken.has(`${base}-${number}`)) return `${base}-${number}`;
}

const LONGEST_SLUG = 100;

/** `King's Day` to `kings-day`: printable, and easy to type. */
function slug(name: string): string {
  const plain = name.normalize('NFKD').replace(/[\u0300-\u036f'’]/g, '');
  const words = plain.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return words.slice(0, LONGEST_SLUG).replace(/^-|-$/g, '') || 'holiday';
}
