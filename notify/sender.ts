/** Sends one message to the address of a subscription. Failures are those of `domain/workflow/failures.ts`. */
import type { Address } from '../db/queries/notify/subscriptions.ts';
import type { EventLinks, NotifyEvent } from '../domain/notify/event.ts';
import type { Channel } from '../domain/notify/subscription.ts';
import { mailOf, slackBody, webhookBody } from '../domain/notify/texts.ts';
import { Mailer } from './mailer.ts';
import { Poster } from './poster.ts';
import { signatureHeaders } from './signature.ts';

export interface SenderSettings {
  /** Whether receivers may stand inside private networks. */
  readonly allowPrivate: boolean;
  /** `smtp://user:password@host:587`; mail is refused where it is left out. */
  readonly smtpUrl?: string | undefined;
  /** Sender address of mail. */
  readonly mailFrom?: string | undefined;
  readonly links?: EventLinks | undefined;
  /** How long a receiver may take, milliseconds. @default 10,000 */
  readonly receiverMs?: number | undefined;
}

/** A message as it is sent. */
export interface Letter {
  readonly channel: Channel;
  /** Idempotency key for the receiver; the same with every attempt. */
  readonly key: string;
  readonly events: readonly NotifyEvent[];
  readonly isDigest: boolean;
}

const RECEIVER_MS = 10_000;

export class Sender {
  readonly #poster: Poster;
  readonly #mailer: Mailer;
  readonly #links: EventLinks | undefined;

  constructor({ allowPrivate, smtpUrl, mailFrom, links, receiverMs = RECEIVER_MS }: SenderSettings) {
    this.#links = links;
    this.#poster = new Poster(allowPrivate, receiverMs);
    this.#mailer = new Mailer({ smtpUrl, mailFrom, receiverMs });
  }

  /** @throws Failure RECEIVER_UNREACHABLE, RECEIVER_ERROR, RECEIVER_REFUSED */
  async send({ channel, key, events, isDigest }: Letter, { address, secret }: Address): Promise<void> {
    const links = this.#links;
    if (channel === 'mail') return await this.#mailer.send(key, address, mailOf(events, isDigest, links));
    if (channel === 'slack') return await this.#poster.post(address, slackBody(events, links), {});
    const body = webhookBody(key, events, isDigest, links);
    const signed = secret === null ? {} : signatureHeaders(secret, key, body, Date.now());
    await this.#poster.post(address, body, { ...signed, 'idempotency-key': key });
  }

  async close(): Promise<void> {
    await this.#poster.close();
  }
}
