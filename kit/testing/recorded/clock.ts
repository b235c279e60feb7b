/** Runs something with another clock: what is pure gives the same whatever the time. */

/** @param ms what `Date.now()` and `new Date()` say meanwhile */
export function withClock<T>(ms: number, run: () => T): T {
  const Real = globalThis.Date;
  class Other extends Real {
    constructor(...given: [] | [string | number | Date]) {
      if (given.length === 0) super(ms);
      else super(...(given as [string]));
    }
    static override now(): number {
      return ms;
    }
  }
  globalThis.Date = Other as DateConstructor;
  try {
    return run();
  } finally {
    globalThis.Date = Real;
  }
}
