// The simulator's clock: real time unless it is set or sped up. It decides what is published, never the quota.
// Instants are UTC milliseconds since 1970.

/** What can be changed about a clock. */
export interface ClockSetting {
  /** The instant to show from now on. */
  readonly nowMs?: number;
  /** Simulated seconds per real second; 0 stands still. */
  readonly rate?: number;
}

/** A clock that runs from where it was last set. */
export interface SimulatorClock {
  /** The simulated instant. */
  nowMs(): number;
  /** Simulated seconds per real second. */
  rate(): number;
  /** Sets the instant, the rate or both; the other stays. */
  set(setting: ClockSetting): void;
}

/** A clock over `wallMs`, the real time. */
export function createClock(wallMs: () => number = Date.now): SimulatorClock {
  let anchor = { wallMs: wallMs(), nowMs: wallMs(), rate: 1 };
  const nowMs = () => anchor.nowMs + (wallMs() - anchor.wallMs) * anchor.rate;
  return {
    nowMs,
    rate: () => anchor.rate,
    set(setting) {
      anchor = { wallMs: wallMs(), nowMs: setting.nowMs ?? nowMs(), rate: setting.rate ?? anchor.rate };
    },
  };
}
