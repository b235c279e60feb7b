// The definition of a fault: the stage of an answer at which it acts, its parameters, and its effect. Only types and the constructors of
// parameters; the faults themselves are in the tables that faults.ts joins.
import type { Answer, AnswerForms, Delivery } from './answer.ts';
import { integerBetween, numberBetween, type Reader, textLike, wrong } from './input.ts';
import { type Row, VALUE_PREFIX } from './rows.ts';
import type { Window } from './window.ts';

// Parameters that several faults share.

/** The nth hour of the business day, from 0. */
export const hour = integerBetween(0, 24);

/** A key as written in a row. */
export const borderKey = textLike(new RegExp(`^${VALUE_PREFIX}\\w+$`), 'a key such as border_AT_CZ');

/** A capacity in MW, or null. */
export const megawatts: Reader<number | null> = (field, raw) => {
  if (raw === null || raw === 'null') return null;
  if (raw === undefined) throw wrong(field, raw, 'a number of MW or null');
  return numberBetween(-1e9, 1e9)(field, raw);
};

/** A text for a message or a header: one line of printable characters. */
export const line = textLike(/^[\x20-\x7e]{1,500}$/, 'one line of 1 to 500 plain characters');

/** A change of what is published, in force from an instant of the simulator's clock on. */
interface PublicationChange {
  readonly lateMs: number;
  /** The day has no data from here on. */
  readonly withdrawnAtMs: number;
}

/** One number republished in place. `valueMw` null republishes a null. */
export interface Revision {
  /** Region and table. */
  readonly table: string;
  readonly day: string;
  readonly startsAtMs: number;
  readonly border: string;
  readonly valueMw: number | null;
  readonly atMs: number;
}

/** What a fault of each stage does, in the order in which the stages run. */
export interface Effects {
  /** Replaces the answer; the oldest of several is used. */
  answer: (forms: AnswerForms) => Answer;
  /** Narrows a window that is too wide, instead of a 400. */
  window: (window: Window) => Window;
  /** In force for as long as the fault is. */
  publication: PublicationChange;
  /** Permanent. */
  revision: Revision;
  /** Changes rows; not called when there are none. */
  rows: (rows: readonly Row[], window: Window) => readonly Row[];
  /** Changes the finished body of a data answer. */
  body: (answer: Answer) => Answer;
  /** Changes how any answer is delivered. */
  delivery: Partial<Delivery>;
}

/** The name of a stage. */
export type Stage = keyof Effects;

/** One parameter of a fault. */
interface Param<T, Required extends boolean = boolean> {
  readonly read: Reader<T>;
  readonly means: string;
  readonly required: Required;
}

/** The parameters of a fault by name. */
type Params = Readonly<Record<string, Param<unknown>>>;

/** The values of the parameters. */
type Values<P extends Params> = { readonly [K in keyof P]: ReturnType<P[K]['read']> };

/** The parameters as a person gives them. */
export type ParamInput<P extends Params> = {
  readonly [K in keyof P as P[K]['required'] extends true ? K : never]: ReturnType<P[K]['read']>;
} & { readonly [K in keyof P as P[K]['required'] extends true ? never : K]?: ReturnType<P[K]['read']> };

/** Where and when a fault was added. */
export interface Birth {
  readonly day: string | undefined;
  /** Region and table; undefined if it applies to all. */
  readonly table: string | undefined;
  readonly nowMs: number;
}

/** One entry of the vocabulary. */
export interface FaultKind<S extends Stage = Stage, P extends Params = Params> {
  readonly stage: S;
  readonly description: string;
  readonly params: P;
  // A method, so that the table may hold kinds with different parameters.
  effect(values: Values<P>, birth: Birth): Effects[S];
}

/** Declares a fault. */
export function fault<S extends Stage, P extends Params>(
  stage: S,
  description: string,
  params: P,
  effect: (values: Values<P>, birth: Birth) => Effects[S],
): FaultKind<S, P> {
  return { stage, description, params, effect };
}

/** A parameter that must be given. */
export function required<T>(read: Reader<T>, means: string): Param<T, true> {
  return { read, means, required: true };
}

/** An optional parameter, undefined if omitted. */
export function optional<T>(read: Reader<T>, means: string): Param<T | undefined, false> {
  return { read: (field, raw) => (raw === undefined ? undefined : read(field, raw)), means, required: false };
}

/** An optional parameter with a default. */
export function otherwise<T>(fallback: T, read: Reader<T>, means: string): Param<T, false> {
  const note = `${means} (default ${String(fallback)})`;
  return {
    read: (field, raw) => (raw === undefined ? fallback : read(field, raw)),
    means: note,
    required: false,
  };
}
