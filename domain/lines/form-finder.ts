/**
 * Detects how the lines of a file are to be read while its bytes stream by. Usually the first ones suffice; what they leave open, all lines
 * settle, or it is refused with the option that states it.
 */
import type { FiledPoints } from '../dataset/points.ts';
import type { FileForm } from '../files/file-form.ts';
import { type Sketch, sketchForm } from './detect-form.ts';
import { FormSurvey } from './form-survey.ts';
import type { Place } from './refusal.ts';

/** Includes the lines used for detection. */
const HEAD_BYTES = 64 << 10;

/** A form, and the lines that settled what the first ones left open. */
export interface FoundForm {
  readonly form: FileForm;
  /** Names of all columns, if there is a header. */
  readonly names: readonly string[] | null;
  /** The cell that showed the decimal sign; null when it was stated, or no value has one. */
  readonly decimalBy: Place | null;
  /** Cells that showed the order of day and month; empty when it was stated, or clear from the first lines. */
  readonly timeBy: readonly Place[];
}

export class FormFinder {
  readonly #dataset: FiledPoints;
  readonly #stated: Partial<FileForm>;
  #head: Uint8Array[] = [];
  #headBytes = 0;
  #sketch: Sketch | undefined;
  #survey: FormSurvey | undefined;

  /** @param stated what a person said of the form */
  constructor(dataset: FiledPoints, stated: Partial<FileForm>) {
    this.#dataset = dataset;
    this.#stated = stated;
  }

  /** Takes the next bytes of the file, and stores only the first. @throws Failure BAD_INPUT */
  add(piece: Uint8Array): void {
    if (this.#sketch) {
      this.#survey?.add(piece);
      return;
    }
    this.#head.push(piece.slice());
    this.#headBytes += piece.length;
    if (this.#headBytes >= HEAD_BYTES) this.#begin();
  }

  /** Whether no more bytes are needed: the first ones leave nothing open. */
  get isSettled(): boolean {
    return this.#sketch !== undefined && this.#survey === undefined;
  }

  /** @throws Failure BAD_INPUT that says what was not understood, and which option states it */
  end(): FoundForm {
    const { form, names, first, times, decimalBy, isDecimalOpen } = this.#sketch ?? this.#begin();
    const survey = this.#survey;
    if (!survey) return { form, names, decimalBy, timeBy: [] };
    survey.end();
    const { time, by } = times.length > 1 ? survey.times.settle(first) : { time: form.time, by: [] };
    if (!isDecimalOpen) return { form: { ...form, time }, names, decimalBy, timeBy: by };
    const { by: seen, ...found } = survey.numbers.settleAtEnd(this.#dataset, first);
    return {
      form: { ...form, time, ...found, ...statedThousands(form) },
      names,
      decimalBy: seen,
      timeBy: by,
    };
  }

  #begin(): Sketch {
    const head = joined(this.#head, this.#headBytes);
    this.#head = [];
    const sketch = sketchForm(head.subarray(0, HEAD_BYTES), this.#dataset, this.#stated);
    this.#sketch = sketch;
    if (sketch.isDecimalOpen || sketch.times.length > 1) {
      this.#survey = new FormSurvey(sketch.form, sketch);
      this.#survey.add(head);
    }
    return sketch;
  }
}

/** The form of a file from all of its bytes, or from its first bytes if they must suffice. @throws Failure BAD_INPUT */
export function formOf(bytes: Uint8Array, dataset: FiledPoints, stated: Partial<FileForm> = {}): FileForm {
  const finder = new FormFinder(dataset, stated);
  finder.add(bytes);
  return finder.end().form;
}

function statedThousands({ thousands }: FileForm): Pick<FileForm, 'thousands'> {
  return thousands === undefined ? {} : { thousands };
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
