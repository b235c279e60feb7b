// The half-open window [fromMs, toMs) of a data request, and its faults. UTC milliseconds.
import { HOUR_MS } from './business-day.ts';
import { parseInstantMs } from './input.ts';

/** From inclusive, to exclusive. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Complaints by parameter, as problem details carry them. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

/** The widest window the publisher answers: elapsed time, so two local days of 25 hours are too many. */
export const WIDEST_MS = 48 * HOUR_MS;

/** Reads FromUtc and ToUtc, ignoring the case of their names; of repeated ones the first counts. */
export function readWindow(query: URLSearchParams): Window | { readonly errors: FieldErrors } {
  const errors: Record<string, string[]> = {};
  const read = (name: string): number => {
    const text = [...query].find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
    const parsedMs = text === undefined ? undefined : parseInstantMs(text);
    if (!text) errors[name] = [`The ${name} field is required.`];
    else if (parsedMs === undefined) errors[name] = [`The value '${text}' is not valid for ${name}.`];
    return parsedMs ?? 0;
  };
  const window = { fromMs: read('FromUtc'), toMs: read('ToUtc') };
  if (Object.keys(errors).length === 0 && window.fromMs >= window.toMs) {
    errors.ToUtc = ['ToUtc must be later than FromUtc.'];
  }
  return Object.keys(errors).length > 0 ? { errors } : window;
}

/** Whether an instant lies in the window. */
export function isInside({ fromMs, toMs }: Window, instantMs: number): boolean {
  return instantMs >= fromMs && instantMs < toMs;
}

/** The rows of an answer. */
export interface Page {
  readonly skip: number;
  readonly take: number;
}

/** Reads Skip and Take, ignoring the case of their names; undefined if neither is a number. */
export function readPage(query: URLSearchParams): Page | undefined {
  const read = (name: string): number | undefined => {
    const text = [...query].find(([key]) => key.toLowerCase() === name)?.[1] ?? '';
    return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  };
  const [skip, take] = [read('skip'), read('take')];
  if (skip === undefined && take === undefined) return undefined;
  return { skip: skip ?? 0, take: take ?? Number.MAX_SAFE_INTEGER };
}
