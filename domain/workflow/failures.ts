/**
 * Everything that can go wrong with an attempt, in one table: the class of each code decides whether and how it is retried. "Not published
 * yet" is not here: it is a state of the day, not a failure.
 */

/**
 * - `transient`: network, timeout, 5xx: retry with back-off
 * - `throttled`: 429: retry after at least the quota's window
 * - `storage`: our own database does not answer, or blocks a step: retry until it does
 * - `lost`: an attempt ended without a result: retry at growing intervals, but not without limit: the payload may be the cause
 * - `contract_broken`: an answer that is not what the source promises: an immediate retry does not help
 * - `bad_request`: our request is impossible: a person has to change it
 */
export type FailureClass = 'transient' | 'throttled' | 'storage' | 'lost' | 'contract_broken' | 'bad_request';

export const FAILURES = {
  SOURCE_UNREACHABLE: {
    class: 'transient',
    meaning: 'No connection to the source could be made, or it broke off.',
  },
  SOURCE_TIMEOUT: { class: 'transient', meaning: 'The source did not finish its answer in time.' },
  SOURCE_ERROR: {
    class: 'transient',
    meaning: 'The source answered with an error of its own (408, 425, 5xx).',
  },
  SOURCE_THROTTLED: { class: 'throttled', meaning: 'The source answered 429: too many requests.' },
  OVERTAKEN: {
    class: 'transient',
    meaning: 'Another attempt got a response meanwhile; this one may be older and was not kept.',
  },
  STORAGE_UNAVAILABLE: {
    class: 'storage',
    meaning:
      'The database cannot be used just now: it is away or silent, lets nobody in, keeps a lock, has no room, or may only be read.',
  },
  STEP_TIMEOUT: {
    class: 'storage',
    meaning:
      'The step used up its time while its worker was well: the database, or the quota, kept it waiting.',
  },
  ATTEMPT_LOST: {
    class: 'lost',
    meaning: 'Attempts ended without a word: the worker was killed, or stood still.',
  },
  ANSWER_BROKEN: {
    class: 'contract_broken',
    meaning: 'The answer has a status or form the source does not promise.',
  },
  ANSWER_TOO_LARGE: { class: 'contract_broken', meaning: 'The answer is larger than the dataset allows.' },
  COMPUTE_FAILED: {
    class: 'contract_broken',
    meaning: 'The function of a derived dataset failed, or gave something that is no point of the unit.',
  },
  FILE_CHANGED: {
    class: 'contract_broken',
    meaning:
      'A file has other bytes now than those that were loaded, or registered, or is gone: put them back, or load it again.',
  },
  TOO_MANY_REFUSED: {
    class: 'contract_broken',
    meaning: 'More lines of a file were refused than the load allows.',
  },
  REQUEST_REFUSED: { class: 'bad_request', meaning: 'The source refused the request (4xx).' },
  BAD_INPUT: { class: 'bad_request', meaning: 'The input of the workflow is wrong.' },
  UNKNOWN_DATASET: { class: 'bad_request', meaning: 'No dataset has this id.' },
  DATASET_DORMANT: {
    class: 'bad_request',
    meaning: 'The dataset is not enabled in this installation: nothing is requested, loaded or taken for it.',
  },
  OUT_OF_RANGE: { class: 'bad_request', meaning: 'The delivery day lies outside what the dataset has.' },
  CREDENTIAL_MISSING: {
    class: 'bad_request',
    meaning: 'The source wants a key, and its setting is missing: its datasets are not requested.',
  },
  SIMULATION_MISMATCH: {
    class: 'bad_request',
    meaning: 'A simulated answer met a database of live data, or the reverse.',
  },
  CANCELLED: {
    class: 'bad_request',
    meaning: 'A person, or the backfill it belonged to, cancelled the run.',
  },
  UNEXPECTED: { class: 'transient', meaning: 'A defect of ours; the message has the details.' },
} as const satisfies Record<string, { class: FailureClass; meaning: string }>;

export type FailureCode = keyof typeof FAILURES;

interface RetryRule {
  /** Failures of this class after which the day is given up until the next poll or re-run; Infinity for never. */
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly factor: number;
  readonly maxDelayMs: number;
}

export type RetryRules = Readonly<Record<FailureClass, RetryRule>>;

/** The retry policy of each class. Classes where a retry does not help have one attempt. */
export const RETRY_RULES: RetryRules = {
  transient: { attempts: 6, firstDelayMs: 1_000, factor: 3, maxDelayMs: 60_000 },
  throttled: { attempts: 10, firstDelayMs: 60_000, factor: 1, maxDelayMs: 60_000 },
  storage: { attempts: Number.POSITIVE_INFINITY, firstDelayMs: 500, factor: 2, maxDelayMs: 15_000 },
  lost: { attempts: 5, firstDelayMs: 2_000, factor: 3, maxDelayMs: 60_000 },
  contract_broken: { attempts: 1, firstDelayMs: 0, factor: 1, maxDelayMs: 0 },
  bad_request: { attempts: 1, firstDelayMs: 0, factor: 1, maxDelayMs: 0 },
};

/**
 * The delay before the next attempt, milliseconds, or null when there is none.
 * @param count how many attempts have failed in the class of this code, including this one: failures of other classes do not count.
 */
export function retryDelayMs(code: FailureCode, count: number, rules = RETRY_RULES): number | null {
  const rule = rules[FAILURES[code].class];
  if (count >= rule.attempts) return null;
  return Math.min(rule.maxDelayMs, rule.firstDelayMs * rule.factor ** (count - 1));
}

/** True for a code of the table: failures cross Temporal as strings. */
export function isFailureCode(code: unknown): code is FailureCode {
  return typeof code === 'string' && Object.hasOwn(FAILURES, code);
}

/** A failure of a known kind. Only activities translate it for Temporal. */
export class Failure extends Error {
  readonly code: FailureCode;
  /** Requested by the source (Retry-After), milliseconds; never shortens the table's delay. */
  readonly retryAfterMs: number | undefined;
  /** HTTP status of the response that failed. */
  readonly status: number | undefined;

  constructor(
    code: FailureCode,
    message: string,
    options: { retryAfterMs?: number; status?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'Failure';
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
    this.status = options.status;
  }
}
