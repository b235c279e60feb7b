/**
 * Determines the order of day, month and year from cells. `13/05/2024` has one reading, `05/06/2024` two: then other cells decide, or a
 * person.
 */
import type { TimeForm } from '../files/file-form.ts';
import { describePlace, type Place, refusal } from './refusal.ts';
import { readTime } from './time-text.ts';

export interface SettledTime {
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
