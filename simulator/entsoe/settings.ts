// Settings of the simulated ENTSO-E platform, which can be changed at the start and while it runs.
import {
  InputError,
  instantMs,
  instantText,
  integerBetween,
  oneOf,
  type Reader,
  textLike,
  wrong,
} from '../input.ts';

/** A time in which the whole platform is down. */
export interface Outage {
  readonly status: 404 | 503 | 599;
  /** On the simulator's clock; open at either end if omitted. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The settings by name. */
export interface EntsoeSettings {
  /** The only token accepted; any UUID, and the word `simulated`, if empty. */
  readonly token: string;
  /** Requests of a token in any minute, 0 for no limit. */
  readonly requests: number;
  /** How long a token gets 429 after one request too many. */
  readonly banMs: number;
  /** Whether values that repeat the one before are left out. */
  readonly curve: 'A01' | 'A03';
  /** The longest range by document type, as the platform writes it: P1Y, P1M, P28D. */
  readonly limits: Readonly<Record<string, string>>;
  /** TimeSeries, and documents of outages, in one answer. */
  readonly instances: number;
  readonly documents: number;
  readonly offset: 'honoured' | 'ignored';
  /** Areas for which zeros are returned as prices that are not published yet. */
  readonly zeros: readonly string[];
  readonly outages: readonly Outage[];
}

/** The defaults. */
export const DEFAULTS: EntsoeSettings = {
  token: '',
  requests: 400,
  banMs: 600_000,
  curve: 'A03',
  limits: { A44: 'P1Y', A65: 'P1M', A69: 'P1M', A75: 'P1M', A11: 'P1M', A85: 'P1M', A80: 'P1Y', A78: 'P1Y' },
  instances: 100,
  documents: 200,
  offset: 'honoured',
  zeros: [],
  outages: [],
};

const period = textLike(/^P[1-9]\d{0,3}[YMD]$/, 'a period such as P1Y, P1M or P28D');
const code = textLike(/^[A-Z]+(_[A-Z0-9]+)*$/, 'the code of an area such as DE_LU');

const READERS: { readonly [K in keyof EntsoeSettings]: Reader<EntsoeSettings[K]> } = {
  token: textLike(/^[!-~]{0,200}$/, 'a text without spaces'),
  requests: integerBetween(0, 1_000_000),
  banMs: integerBetween(0, 86_400_000),
  curve: oneOf('A01', 'A03'),
  limits: (field, raw) =>
    Object.fromEntries(
      Object.entries(objectOf(field, raw)).map(([type, text]) => [type, period(type, text)]),
    ),
  instances: integerBetween(1, 1_000_000),
  documents: integerBetween(1, 1_000_000),
  offset: oneOf('honoured', 'ignored'),
  zeros: (field, raw) => listOf(field, raw).map((each) => code(field, each)),
  outages: (field, raw) => listOf(field, raw).map((each) => outageOf(field, each)),
};

/** The given fields, each read. */
function readFields<T extends object>(
  readers: { readonly [K in keyof T]: Reader<T[K]> },
  given: Readonly<Record<string, unknown>>,
): Partial<T> {
  const read = Object.entries(given).map(([field, raw]) => {
    if (!Object.hasOwn(readers, field))
      throw wrong(field, raw, `left out; known are ${Object.keys(readers).join(', ')}`);
    return [field, readers[field as keyof T](field, raw)];
  });
  return Object.fromEntries(read) as Partial<T>;
}

/** Settings with some of them changed. Throws an InputError that names the field. */
export function changedSettings(before: EntsoeSettings, given: unknown): EntsoeSettings {
  const after: EntsoeSettings = { ...before, ...readFields(READERS, objectOf('entsoe', given)) };
  return { ...after, limits: { ...before.limits, ...after.limits } };
}

/** Settings from the text of a JSON object. Throws an InputError that names the field. */
export const settingsText: Reader<Partial<EntsoeSettings>> = (field, raw) => {
  try {
    const given: unknown = JSON.parse(String(raw));
    changedSettings(DEFAULTS, given);
    return given as Partial<EntsoeSettings>;
  } catch (error) {
    if (error instanceof InputError) throw new InputError(field, `${field}: ${error.message}`);
    throw wrong(field, raw, 'a JSON object');
  }
};

function outageOf(field: string, raw: unknown): Outage {
  const { status, from, to } = objectOf(field, raw);
  const known = [404, 503, 599].find((each) => each === Number(status));
  if (known === undefined) throw wrong(`${field}.status`, status, 'one of 404, 503, 599');
  return {
    status: known as Outage['status'],
    from: from === undefined ? undefined : instantText(`${field}.from`, from),
    to: to === undefined ? undefined : instantText(`${field}.to`, to),
  };
}

/** The status of the outage at an instant; undefined when the platform is up. */
export function outageAt(
  { outages }: Pick<EntsoeSettings, 'outages'>,
  nowMs: number,
): Outage['status'] | undefined {
  return outages.find(
    ({ from, to }) =>
      (from === undefined || instantMs('from', from) <= nowMs) &&
      (to === undefined || nowMs < instantMs('to', to)),
  )?.status;
}

function objectOf(field: string, raw: unknown): Readonly<Record<string, unknown>> {
  if (typeof raw === 'object' && raw !== null && !Array.isArray(raw)) return raw as Record<string, unknown>;
  throw wrong(field, raw, 'a JSON object');
}

function listOf(field: string, raw: unknown): readonly unknown[] {
  if (Array.isArray(raw)) return raw;
  throw wrong(field, raw, 'a list');
}
