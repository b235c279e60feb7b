/**
 * An example of what a source sends, for the tests of the contract: `<dataset>.example.ts` beside the dataset has one as its
 * default export. Pure. Without one, the contract is asked as far as a definition alone can answer.
 */
import type { Interval } from '../time/civil-day.ts';
import type { SourceRequest } from './pull.ts';

export interface Example {
  /** What the source answers for a window in which everything was published, with nothing odd in it. */
  answer(window: Interval): Uint8Array;
  /** What a request asks for, read from its query as the source reads it. The end is exclusive. */
  windowOf?(request: SourceRequest): Interval;
  /** The widest window that the source answers, hours. */
  readonly widestHours?: number;
  /**
   * The same content in other bytes: rows in another order, other volatile fields. A body that cannot be read comes back as
   * it is. `draw(n)` gives a whole number below n.
   */
  retell?(body: Uint8Array, draw: (n: number) => number): Uint8Array;
}
