/** Holidays by the rules of the npm package date-holidays, corrected: no network, quick, as new as its last release. */
import { type Area, areaOf, codeOf } from '../../domain/time/location.ts';
import type { HolidaySource, SourceAnswers, SourcedHolidays } from './answer.ts';
import { corrected, type LibraryHoliday } from './corrections.ts';
import { enclosing } from './subdivisions.ts';

type Holidays = typeof import('date-holidays')['default'];

const NAME = 'date-holidays';
const DAY_MS = 86_400_000;

export const holidayLibrary: HolidaySource = async (year, areas) => {
  // Its rules are two megabytes: workers that fetch no holidays do not load them.
  const { default: library } = await import('date-holidays');
  const { default: facts } = await import('date-holidays/package.json', { with: { type: 'json' } });
  return answersOf(library, facts.version, year, areas);
};

function answersOf(
  library: Holidays,
  version: string,
  year: number,
  areas: readonly Area[],
): SourcedHolidays {
  const known = new library();
  const lists: Record<string, SourceAnswers['said'][string]> = {};
  const answered: SourceAnswers['areas'][number][] = [];
  const unknown: string[] = [];
  for (const area of areas.map(codeOf)) {
    const answeredFor = enclosing(area).find((code) => isKnown(known, code));
    if (answeredFor === undefined) {
      unknown.push(area);
      continue;
    }
    lists[answeredFor] ??= corrected(listOf(library, answeredFor, year), areaOf(area).country, year);
    answered.push({ area, from: answeredFor, answeredFor });
  }
  const source = { kind: 'library', name: NAME, version } as const;
  return { source, said: lists, areas: answered, unknown, url: `npm:${NAME}@${version}` };
}

function isKnown(library: InstanceType<Holidays>, code: string): boolean {
  const { country, subdivision } = areaOf(code);
  if (!Object.hasOwn(library.getCountries(), country)) return false;
  return subdivision === null || Object.hasOwn(library.getStates(country) ?? {}, subdivision.slice(3));
}

/** In English and in the first language of the country. The rule is the one by which the library computes the date. */
function listOf(library: Holidays, code: string, year: number): readonly LibraryHoliday[] {
  const { country, subdivision } = areaOf(code);
  const of = (languages: string[]) =>
    (subdivision === null
      ? new library(country, { languages })
      : new library(country, subdivision.slice(3), { languages })
    ).getHolidays(year);
  const native = new library(country).getLanguages()[0] ?? 'en';
  const local = of([native]);
  return of(['en']).map(({ date, start, end, name, type, rule, substitute = false }, i) => ({
    ...{ date: date.slice(0, 10), days: Math.max(1, Math.round((end.getTime() - start.getTime()) / DAY_MS)) },
    ...{ name, localName: local[i]?.rule === rule ? local[i].name : null, type, rule, substitute },
  }));
}
