/** The coverage of an answer: what it says in its meta data, in one line of a header and of the command. */
import type { Loaded } from '../../../domain/days/coverage.ts';

/** As answers show it. In answers about the past only `days` and `loaded`: today's ledger says nothing of a past state. */
export interface AskedCoverage {
  readonly days: number;
  /** `none`: that there are no rows means nothing. */
  readonly loaded: Loaded;
  readonly states?: Record<string, number> | undefined;
  readonly expected_points?: number | undefined;
  readonly present_points?: number | undefined;
  readonly quarantined_points?: number | undefined;
}

/** As one line, for headers and the command: `loaded=part; days=2; expected=24; present=24; quarantined=0; complete=1; none=1`. */
export function coverageLine({ days, loaded, states = {}, ...points }: AskedCoverage): string {
  const { expected_points: expected, present_points: present, quarantined_points: quarantined } = points;
  const all = { loaded, days, expected, present, quarantined, ...states };
  const told = Object.entries(all).filter(([, value]) => value !== undefined);
  return told.map(([name, value]) => `${name}=${value}`).join('; ');
}
