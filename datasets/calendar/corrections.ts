/** Where the library's rules are wrong about a year, as data. How they were found, and what was left as it is: docs/holidays.md. */

/** A holiday of the library, as it stands in a payload. */
export type LibraryHoliday = {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly days: number;
  readonly name: string;
  readonly localName: string | null;
  readonly type: string;
  /** By which the library computes the date. */
  readonly rule: string;
  readonly substitute: boolean;
};

interface Correction {
  readonly country: string;
  readonly isIn: (year: number) => boolean;
  readonly rule: string;
  /** What is otherwise than the library computes by this rule. */
  readonly change: Partial<LibraryHoliday>;
}

const CORRECTIONS: readonly Correction[] = [
  // Moved for the Diamond Jubilee. https://en.wikipedia.org/wiki/Public_holidays_in_the_United_Kingdom
  {
    ...{ country: 'GB', isIn: (year) => year === 2012, rule: '1st monday before 06-01' },
    change: { date: '2012-06-04' },
  },
  // https://www.rijksoverheid.nl/onderwerpen/arbeidsovereenkomst-en-cao/vraag-en-antwoord/bevrijdingsdag-5-mei-vrije-dag
  {
    ...{ country: 'NL', isIn: (year) => year >= 1990 && year % 5 === 0, rule: '05-05' },
    change: { type: 'public' },
  },
];

/** Holidays that the library does not have. */
const ADDITIONS: readonly ({ readonly country: string } & Pick<LibraryHoliday, 'date' | 'name'>)[] = [
  // https://en.wikipedia.org/wiki/Public_holidays_in_the_United_Kingdom
  { country: 'GB', date: '2011-04-29', name: 'Wedding of Prince William and Catherine Middleton' },
];

/** The library's holidays of a country or a part of it in a year, corrected, by date. */
export function corrected(
  list: readonly LibraryHoliday[],
  country: string,
  year: number,
): readonly LibraryHoliday[] {
  const wrong = CORRECTIONS.filter((each) => each.country === country && each.isIn(year));
  const missing = ADDITIONS.filter((each) => each.country === country && each.date.startsWith(`${year}-`));
  if (wrong.length + missing.length === 0) return list;
  const changed = list.map((each) => ({ ...each, ...wrong.find(({ rule }) => rule === each.rule)?.change }));
  const added = missing.map(({ date, name }) => ({
    ...{ date, days: 1, name, localName: name, type: 'public', rule: date, substitute: false },
  }));
  return [...changed, ...added].toSorted((a, b) => (a.date < b.date ? -1 : Number(a.date > b.date)));
}
