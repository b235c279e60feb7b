/** Reads subscriptions as people write them, in the command and in the API. Faults name the field, the value and the hint. */
import { isTimeZone } from '../time/civil-day.ts';
import { EVENT_KINDS, type EventKind, SEVERITIES, type Severity } from './event.ts';
import { CHANNELS, type Channel, type Hours, type SubscriptionSettings } from './subscription.ts';

/** As written; omitted fields are undefined. */
export interface WrittenSubscription {
  readonly channel: string;
  readonly address: string;
  readonly kinds?: readonly string[] | undefined;
  readonly datasets?: readonly string[] | undefined;
  readonly severity?: string | undefined;
  readonly leastDifference?: number | undefined;
  /** Percent. */
  readonly leastPercent?: number | undefined;
  /** `07:00-19:00`. */
  readonly hours?: string | undefined;
  readonly timeZone?: string | undefined;
  readonly workdays?: boolean | undefined;
  /** `hourly`, or `HH:MM`. */
  readonly digest?: string | undefined;
}

export interface SubscriptionFault {
  readonly field: keyof WrittenSubscription;
  /** Omitted where it may be a secret. */
  readonly value?: unknown;
  readonly hint: string;
}

export type ReadSubscription =
  | { readonly settings: SubscriptionSettings; readonly address: string; readonly faults: readonly [] }
  | { readonly faults: readonly SubscriptionFault[] };

const TIME = '([01]\\d|2[0-3]):[0-5]\\d';
const HOURS = new RegExp(`^${TIME}-${TIME}$`);
const DIGEST = new RegExp(`^(hourly|${TIME})$`);
/** One mailbox; stricter rules are left to the mail server. */
const MAILBOX = /^[^\s@<>,;"\\]{1,64}@[^\s@<>,;"\\]{1,253}$/;

export function readSubscription(written: WrittenSubscription): ReadSubscription {
  const faults = [...faultsOf(written), ...addressFaults(written)];
  if (faults.length > 0) return { faults };
  const {
    channel,
    address,
    kinds,
    datasets,
    severity = 'info',
    leastDifference,
    leastPercent,
    digest,
  } = written;
  const settings: SubscriptionSettings = {
    channel: channel as Channel,
    kinds: (kinds as readonly EventKind[] | undefined) ?? null,
    datasets: datasets ?? null,
    severity: severity as Severity,
    leastDifference: leastDifference ?? null,
    leastRelative: leastPercent === undefined ? null : leastPercent / 100,
    hours: hoursOf(written),
    digest: digest ?? null,
  };
  return { settings, address, faults: [] };
}

function hoursOf({ hours, timeZone = 'UTC', workdays = false }: WrittenSubscription): Hours | null {
  if (hours === undefined && timeZone === 'UTC' && !workdays) return null;
  const [from = '00:00', to = '00:00'] = hours?.split('-') ?? [];
  return { from, to, timeZone, workdays };
}

function faultsOf(written: WrittenSubscription): SubscriptionFault[] {
  const { channel, kinds, severity, leastDifference, leastPercent, hours, timeZone, digest } = written;
  const oneOf = (words: readonly string[]) => `write one of ${words.join(', ')}`;
  const unknown = kinds?.filter((kind) => !EVENT_KINDS.some((known) => known === kind)) ?? [];
  const wrong: (SubscriptionFault | false)[] = [
    !CHANNELS.some((known) => known === channel) && {
      field: 'channel',
      value: channel,
      hint: oneOf(CHANNELS),
    },
    unknown.length > 0 && { field: 'kinds', value: unknown.join(', '), hint: oneOf(EVENT_KINDS) },
    kinds?.length === 0 && { field: 'kinds', value: kinds, hint: 'name at least one, or leave it out' },
    severity !== undefined &&
      !SEVERITIES.some((known) => known === severity) && {
        field: 'severity',
        value: severity,
        hint: oneOf(SEVERITIES),
      },
    isNegative(leastDifference) && {
      field: 'leastDifference',
      value: leastDifference,
      hint: 'write a number of 0 or more, in the unit of the dataset',
    },
    isNegative(leastPercent) && {
      field: 'leastPercent',
      value: leastPercent,
      hint: 'write a percentage of 0 or more, such as 5',
    },
    hours !== undefined &&
      !isHours(hours) && {
        field: 'hours',
        value: hours,
        hint: 'write two different times, such as 07:00-19:00',
      },
    timeZone !== undefined &&
      !isTimeZone(timeZone) && {
        field: 'timeZone',
        value: timeZone,
        hint: 'write a zone such as Europe/Amsterdam',
      },
    digest !== undefined &&
      !DIGEST.test(digest) && {
        field: 'digest',
        value: digest,
        hint: 'write "hourly" or a time such as 07:30',
      },
  ];
  return wrong.filter((fault) => fault !== false);
}

function isHours(text: string): boolean {
  const [from, to] = text.split('-');
  return HOURS.test(text) && from !== to;
}

function isNegative(value: number | undefined): boolean {
  return value !== undefined && !(Number.isFinite(value) && value >= 0);
}

/** The address itself stays out of messages: it may be a secret. */
function addressFaults({ channel, address }: WrittenSubscription): SubscriptionFault[] {
  if (channel === 'mail')
    return MAILBOX.test(address)
      ? []
      : [{ field: 'address', hint: 'write one mailbox, such as desk@example.org' }];
  const hint = 'write a URL that begins with https:// or http://, without user and password';
  if (!URL.canParse(address)) return [{ field: 'address', hint }];
  const { protocol, username, password, hash } = new URL(address);
  const isRight = /^https?:$/.test(protocol) && !username && !password && !hash && address.length <= 2_000;
  return isRight ? [] : [{ field: 'address', hint }];
}

/** The destination of a subscription in displayable form: a path or a mailbox often is a secret. */
export function placeOf(channel: string, address: string): string {
  if (channel !== 'mail') return new URL(address).origin;
  const [, first = '', host = ''] = /^(.)[^@]*@(.*)$/.exec(address) ?? [];
  return `${first}…@${host}`;
}
