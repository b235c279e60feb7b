/**
 * Determines the decimal sign from cells. `49,99` and `1.234,5` have one reading, `50` any, and `1,234` two: then other cells decide, or
 * the range of values that the dataset accepts, or a person.
 */
import type { FiledPoints } from '../dataset/points.ts';
import type { TimeForm } from '../files/file-form.ts';
import type { Sign } from './decimal.ts';
import { describePlace, type Place, refusal } from './refusal.ts';
import { readTime } from './time-text.ts';

interface SettledDecimal {
  readonly decimal: Sign;
  /** Set when some cell certainly uses the other sign for thousands. */
  readonly thousands?: Sign;
  /** The cell that settled it; null when no cell has any sign. */
  readonly by: Place | null;
}

/** What one cell shows of a sign: it is the decimal one, certainly or possibly. */
interface SignEvidence {
  readonly sign: Sign;
  readonly isCertain: boolean;
  /** Whether the other sign separates thousands. */
  readonly isGrouped: boolean;
}

const OTHER: Readonly<Record<Sign, Sign>> = { '.': ',', ',': '.' };
const EITHER = /^[+-]?[1-9]\d{0,2}([.,])\d{3}$/;
const CERTAIN = /^[+-]?(?=.?\d)\d*([.,])\d*(?:[eE][+-]?\d+)?$/;
/** `1.234,5`, `1.234.567` */
const GROUPED = /^[+-]?[1-9]\d{0,2}(?:(?:\.\d{3})+(,)\d*|(?:,\d{3})+(\.)\d*|(?:\.\d{3}){2,}|(?:,\d{3}){2,})$/;
const PARTED = /(?<=\d)['\u2019 \u00a0\u2009\u202f](?=\d{3})/g;

export class NumberEvidence {
  readonly #certain: Partial<Record<Sign, Place>> = {};
  readonly #either: Partial<Record<Sign, Place>> = {};
  readonly #grouped = new Set<Sign>();
  /** Limits of the ambiguous numbers, read as whole numbers. */
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  /** Whether cells with a sign can add anything. */
  isOpen(sign: Sign): boolean {
    return this.#certain[sign] === undefined;
  }

  see(text: string, line: number): void {
    const found = judge(text);
    if (!found) return;
    const { sign, isCertain, isGrouped } = found;
    (isCertain ? this.#certain : this.#either)[sign] ??= { line, text };
    if (isGrouped) this.#grouped.add(sign);
    if (isCertain) return;
    const whole = Number(text.replace(sign, ''));
    this.#min = Math.min(this.#min, whole);
    this.#max = Math.max(this.#max, whole);
  }

  /** @returns undefined when more cells are needed. @throws Failure BAD_INPUT when cells contradict each other */
  settle(dataset: FiledPoints, firstLine: string): SettledDecimal | undefined {
    const { '.': point, ',': comma } = this.#certain;
    if (point && comma) {
      const both = `its values have decimal points and decimal commas (${describePlace(point)}, ${describePlace(comma)})`;
      throw refusal(both, firstLine, '--decimal');
    }
    if (comma) return this.#as(',', comma);
    return point ? this.#as('.', point) : this.#byRange(dataset);
  }

  /** The same after all cells: none has a sign, or it stays ambiguous. @throws Failure BAD_INPUT */
  settleAtEnd(dataset: FiledPoints, firstLine: string): SettledDecimal {
    const settled = this.settle(dataset, firstLine);
    if (settled) return settled;
    const doubtful = this.#either['.'] ?? this.#either[','];
    if (!doubtful) return { decimal: '.', by: null };
    const what = `${describePlace(doubtful)} has decimals or thousands behind its sign, and no value of the file shows which`;
    throw refusal(what, firstLine, '--decimal, with --thousands where the other sign parts them');
  }

  /** Chooses the reading of ambiguous numbers that gives possible values for all of them. */
  #byRange({ checks = [] }: FiledPoints): SettledDecimal | undefined {
    const range = checks.find(({ limits }) => limits)?.limits;
    if (!range) return undefined;
    const { '.': point, ',': comma } = this.#either;
    const by = point ?? comma;
    if (by === undefined || (point && comma)) return undefined;
    const sign = point ? '.' : ',';
    const isPart = this.#min / 1000 >= range[0] && this.#max / 1000 <= range[1];
    const isWhole = this.#min >= range[0] && this.#max <= range[1];
    if (isPart === isWhole) return undefined;
    return isPart ? { decimal: sign, by } : { decimal: OTHER[sign], thousands: sign, by };
  }

  /** The certain thousands separator for a decimal sign. */
  thousandsWith(decimal: Sign): Sign | undefined {
    return this.#grouped.has(decimal) ? OTHER[decimal] : undefined;
  }

  #as(decimal: Sign, by: Place): SettledDecimal {
    const thousands = this.thousandsWith(decimal);
    return thousands === undefined ? { decimal, by } : { decimal, thousands, by };
  }
}

function judge(text: string): SignEvidence | undefined {
  const plain = text.replace(PARTED, '');
  const isParted = plain !== text;
  const either = EITHER.exec(text);
  if (either) return { sign: either[1] as Sign, isCertain: false, isGrouped: false };
  const certain = CERTAIN.exec(plain);
  if (certain) return { sign: certain[1] as Sign, isCertain: true, isGrouped: false };
  const grouped = isParted ? null : GROUPED.exec(text);
  if (!grouped) return undefined;
  const sign = grouped[1] ?? grouped[2] ?? (text.includes('.') ? ',' : '.');
  return { sign: sign as Sign, isCertain: true, isGrouped: true };
}

// Determines the order of day, month and year from cells. `13/05/2024` has one reading, `05/06/2024` two: then other cells decide, or a
// person.

interface SettledTime {
  readonly time: TimeForm;
  /** The cells that no other form can read. */
  readonly by: readonly Place[];
}

export class TimeEvidence {
  readonly #against = new Map<TimeForm, Place | undefined>();

  /** @param forms in which most of the first lines can be read */
  constructor(forms: readonly TimeForm[]) {
    for (const form of forms) this.#against.set(form, undefined);
  }

  /** A form is ruled out by a cell that only another one can read. */
  see(text: string, line: number): void {
    const forms = [...this.#against.keys()];
    const able = new Set(forms.filter((form) => typeof readTime(text, form) !== 'string'));
    if (able.size === 0) return;
    for (const form of forms)
      if (!able.has(form) && !this.#against.get(form)) this.#against.set(form, { line, text });
  }

  /** @throws Failure BAD_INPUT when several forms can read all of the file, or none can. */
  settle(firstLine: string): SettledTime {
    const left = [...this.#against].filter(([, place]) => place === undefined).map(([form]) => form);
    const by = [...this.#against.values()].filter((place) => place !== undefined);
    const [time] = left;
    if (time !== undefined && left.length === 1) return { time, by };
    const options = `--time-form ${(time === undefined ? [...this.#against.keys()] : left).join(' or ')}`;
    if (time === undefined)
      throw refusal(
        `its times contradict each other (${by.map(describePlace).join(', ')})`,
        firstLine,
        options,
      );
    const ways = left.join(' or ');
    throw refusal(`all of its times can be read as ${ways}`, firstLine, options);
  }
}
