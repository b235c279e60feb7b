/**
 * An example of what a source sends, for the contract tests: `example` of a definition, or the default export of `<dataset>.example.ts`
 * beside it. Pure. Without one, only what follows from the definition is tested.
 */
import type { Interval } from '../time/civil-day.ts';
import type { SourceRequest } from './pull.ts';

export interface Example {
  /** The source's answer for a window in which everything was published, without anything unusual. */
  answer(window: Interval): Uint8Array;
  /** The window of a request, read from its query as the source reads it. The end is exclusive. */
  windowOf?(request: SourceRequest): Interval;
  /** The widest window that the source answers, hours. */
  readonly widestHours?: number;
  /**
   * The same content in other bytes: rows in another order, other volatile fields. An unreadable body is returned as it is. `draw(n)` gives
   * a whole number below n.
   */
  retell?(body: Uint8Array, draw: (n: number) => number): Uint8Array;
}
