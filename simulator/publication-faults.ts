// Faults in what is published and when, on the simulator's clock. They stay in force until they are removed, so they have neither `times`
// nor `share`.
import { dayEndMs, dayStartMs, HOUR_MS } from './business-day.ts';
import {
  type Birth,
  borderKey,
  fault,
  hour,
  line,
  megawatts,
  optional,
  otherwise,
  required,
} from './fault-kind.ts';
import { instantMs, instantText, integerBetween, numberBetween, wrong } from './input.ts';
import { FIRST_TABLE } from './tables.ts';

// Faults in the finished body and in its delivery.

const MIB = 1024 * 1024;

/** The faults of this group by name. */
export const deliveryFaults = {
  'truncated-json': fault('body', 'answers complete HTTP with JSON cut in the middle', {}, () => (whole) => ({
    ...whole,
    body: whole.body.slice(0, Math.floor(whole.body.length / 2)),
  })),
  'empty-body': fault('body', 'answers 200 with a body of no bytes', {}, () => (whole) => ({
    ...whole,
    body: '',
  })),
  'wrong-content-type': fault(
    'body',
    'answers the data under another content type',
    { contentType: otherwise('text/plain', line, 'which one') },
    ({ contentType }) =>
      (whole) => ({ ...whole, contentType }),
  ),
  slow: fault(
    'delivery',
    'waits before the headers',
    { delayMs: otherwise(30_000, integerBetween(0, 86_400_000), 'how long, in milliseconds') },
    ({ delayMs }) => ({ delayMs }),
  ),
  drip: fault(
    'delivery',
    'sends the body slowly',
    { bytesPerSecond: otherwise(1000, integerBetween(1, 1_000_000_000), 'how fast') },
    ({ bytesPerSecond }) => ({ bytesPerSecond }),
  ),
  'truncated-body': fault('delivery', 'announces the whole length and hangs up half way', {}, () => ({
    ending: 'cut' as const,
  })),
  reset: fault('delivery', 'resets the connection without an answer', {}, () => ({
    ending: 'reset' as const,
  })),
  oversize: fault(
    'delivery',
    'sends spaces after the body, without announcing a length',
    { sizeMiB: otherwise(64, integerBetween(1, 100_000), 'how many MiB') },
    ({ sizeMiB }) => ({ paddingBytes: sizeMiB * MIB }),
  ),
  'gzip-bomb': fault(
    'delivery',
    'sends the body gzip-coded and followed by spaces: small on the wire, large when decoded',
    { sizeMiB: otherwise(64, integerBetween(1, 100_000), 'how many MiB it decodes to') },
    ({ sizeMiB }) => ({ paddingBytes: sizeMiB * MIB, gzip: true }),
  ),
};

const NEVER = Number.POSITIVE_INFINITY;

/** The faults of this group by name. */
export const publicationFaults = {
  late: fault(
    'publication',
    'delays the publication and the revisions of a day, or of all days',
    { minutes: required(numberBetween(0, 1_000_000), 'by how much') },
    ({ minutes }) => ({ lateMs: minutes * 60_000, withdrawnAtMs: NEVER }),
  ),
  withdrawn: fault(
    'publication',
    'answers "data":[] for a day, whether it was published or not (needs day)',
    { at: optional(instantText, 'from which instant on (default: from now on)') },
    ({ at }, birth) => {
      dayIn(birth);
      return { lateMs: 0, withdrawnAtMs: at === undefined ? birth.nowMs : instantMs('at', at) };
    },
  ),
  revise: fault(
    'revision',
    'republishes one value in place, from now on (needs day; without a table, of core/maxExchanges)',
    {
      hour: optional(hour, 'which hour of the day; or'),
      starts_at: optional(instantText, 'the instant at which it starts'),
      border: required(borderKey, 'which border'),
      value: required(megawatts, 'the new value in MW, or null'),
    },
    (values, birth) => ({
      table: birth.table ?? FIRST_TABLE,
      day: dayIn(birth),
      startsAtMs: startsAtMs(dayIn(birth), values.hour, values.starts_at),
      border: values.border,
      valueMw: values.value,
      atMs: birth.nowMs,
    }),
  ),
};

function dayIn({ day }: Birth): string {
  if (day !== undefined) return day;
  throw wrong('day', undefined, 'a calendar day such as 2026-04-20');
}

function startsAtMs(day: string, hourOfDay: number | undefined, given: string | undefined): number {
  if (hourOfDay === undefined && given === undefined) {
    throw wrong('starts_at', undefined, 'an instant of the day, unless hour is given');
  }
  if (hourOfDay !== undefined && given !== undefined) {
    throw wrong('hour', hourOfDay, 'left out where starts_at is given');
  }
  const foundMs =
    given === undefined ? dayStartMs(day) + (hourOfDay ?? 0) * HOUR_MS : instantMs('starts_at', given);
  if (foundMs >= dayStartMs(day) && foundMs < dayEndMs(day)) return foundMs;
  const [field, raw] = given === undefined ? ['hour', hourOfDay] : ['starts_at', given];
  throw wrong(field, raw, `within business day ${day} (Europe/Amsterdam)`);
}
