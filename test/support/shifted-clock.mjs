/**
 * Loaded before a program (`--import`): its clock is off by CLOCK_AHEAD_MS, and from SIGHUP on by CLOCK_AHEAD_LATER_MS.
 * The counter of `performance` goes on, as it does on a machine whose clock is set. Plain JavaScript: the threads in which
 * workflows run load it too.
 */
const Real = Date;
let aheadMs = Number(process.env.CLOCK_AHEAD_MS ?? 0);
const now = () => Real.now() + aheadMs;

process.on('SIGHUP', () => {
  aheadMs = Number(process.env.CLOCK_AHEAD_LATER_MS ?? 0);
});

globalThis.Date = new Proxy(Real, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
  apply: () => new Real(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
