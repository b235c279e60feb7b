/** Receivers of notifications, as people write them in the command and in the API. Pure. */

export const CHANNELS = ['webhook', 'slack', 'mail'] as const;
export type Channel = (typeof CHANNELS)[number];

export interface NewReceiver {
  readonly name: string;
  readonly channel: Channel;
  /** A URL or a mailbox; often a secret. */
  readonly address: string;
  /** Null: every open dataset, and the system. */
  readonly datasets: readonly string[] | null;
  readonly createdBy: string;
}

export interface Receiver {
  readonly id: string;
  readonly name: string;
  readonly channel: Channel;
  /** Where it goes, in displayable form. */
  readonly place: string;
  readonly datasets: readonly string[] | null;
  readonly createdAt: Date;
  readonly createdBy: string;
}

/** A field that is wrong; its value is left out where it may be a secret. */
export interface ReceiverFault {
  readonly field: 'name' | 'channel' | 'address';
  readonly value?: unknown;
  readonly hint: string;
}

/** One mailbox; stricter rules are left to the mail server. */
const MAILBOX = /^[^\s@<>,;"\\]{1,64}@[^\s@<>,;"\\]{1,253}$/;

/** What is wrong with a new receiver, apart from whether its address can be reached. */
export function receiverFaults(
  given: Readonly<Record<'name' | 'channel' | 'address', string>>,
): ReceiverFault[] {
  const { name, channel, address } = given;
  const isKnown = CHANNELS.some((known) => known === channel);
  return [
    ...(name.trim() === '' || name.length > 100
      ? [{ field: 'name' as const, value: name, hint: 'write 1 to 100 characters' }]
      : []),
    ...(isKnown
      ? []
      : [{ field: 'channel' as const, value: channel, hint: `write one of ${CHANNELS.join(', ')}` }]),
    ...(isKnown ? addressFaults(channel, address) : []),
  ];
}

function addressFaults(channel: string, address: string): ReceiverFault[] {
  if (channel === 'mail')
    return MAILBOX.test(address)
      ? []
      : [{ field: 'address', hint: 'write one mailbox, such as desk@example.org' }];
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isRight =
    url &&
    /^https?:$/.test(url.protocol) &&
    !url.username &&
    !url.password &&
    !url.hash &&
    address.length <= 2_000;
  const hint = 'write a URL that begins with https:// or http://, without user and password';
  return isRight ? [] : [{ field: 'address', hint }];
}

/** The destination of a receiver in displayable form: a path or a mailbox often is a secret. */
export function placeOf(channel: Channel, address: string): string {
  if (channel !== 'mail') return new URL(address).origin;
  const [, first = '', host = ''] = /^(.)[^@]*@(.*)$/.exec(address) ?? [];
  return `${first}…@${host}`;
}

/** `every open dataset and the system`. */
export function describeScope({ datasets }: Pick<Receiver, 'datasets'>): string {
  return datasets ? datasets.join(', ') : 'every open dataset and the system';
}
