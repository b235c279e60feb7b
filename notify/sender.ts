/** Sends one message to the address of a receiver: webhooks after Standard Webhooks, Slack's form, mail. Its errors never quote an address. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Transporter } from 'nodemailer';
import { type Dispatcher, request } from 'undici';
import type { Address } from '../db/queries/notify/receivers.ts';
import { type Message, type MessageLinks, mailOf, slackBody, webhookBody } from '../domain/notify/message.ts';
import type { Channel } from '../domain/notify/receiver.ts';
import { assertPublic, PrivateAddress, receiverAgent } from './public-network.ts';

export interface SenderSettings {
  /** Whether receivers may stand inside private networks. */
  readonly allowPrivate: boolean;
  /** `smtp://user:password@host:587`; mail is refused where it is left out. */
  readonly smtpUrl?: string | undefined;
  /** Sender address of mail. */
  readonly mailFrom?: string | undefined;
  readonly links?: MessageLinks | undefined;
  /** How long a receiver may take, milliseconds. @default 10,000 */
  readonly receiverMs?: number | undefined;
}

/** A receiver did not take a message; the text may be shown. */
export class NotSent extends Error {}

const RECEIVER_MS = 10_000;
const PREFIX = 'whsec_';
const NO_MAIL = 'mail needs NOTIFY_SMTP_URL and NOTIFY_MAIL_FROM, on workers and on the API';

/** A new secret of signatures, in the form that is shown once. */
export function newSecret(): string {
  return `${PREFIX}${randomBytes(32).toString('base64')}`;
}

export class Sender {
  readonly #settings: SenderSettings;
  readonly #receiverMs: number;
  readonly #agent: Dispatcher;
  #transport: Promise<Transporter> | undefined;

  constructor(settings: SenderSettings) {
    this.#settings = settings;
    this.#receiverMs = settings.receiverMs ?? RECEIVER_MS;
    this.#agent = receiverAgent(settings.allowPrivate, this.#receiverMs);
  }

  /** Why an address would be refused whenever something is sent to it; undefined if it would not. */
  async refusalOf(channel: Channel, address: string): Promise<string | undefined> {
    if (channel === 'mail') return this.#canMail() ? undefined : NO_MAIL;
    if (this.#settings.allowPrivate) return undefined;
    return await assertPublic(new URL(address).hostname).then(
      () => undefined,
      (error: Error) => error.message,
    );
  }

  /** @throws NotSent */
  async send(channel: Channel, message: Message, { address, secret }: Address): Promise<void> {
    const { links } = this.#settings;
    if (channel === 'mail') return await this.#mail(message.id, address, mailOf(message, links));
    if (channel === 'slack') return await this.#post(address, slackBody(message, links), {});
    const body = webhookBody(message, links);
    await this.#post(address, body, secret === null ? {} : signatureHeaders(secret, message.id, body));
  }

  async close(): Promise<void> {
    await this.#agent.close();
  }

  #canMail(): boolean {
    return this.#settings.smtpUrl !== undefined && this.#settings.mailFrom !== undefined;
  }

  async #post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<void> {
    const answer = await request(url, {
      method: 'POST',
      dispatcher: this.#agent,
      signal: AbortSignal.timeout(this.#receiverMs),
      headers: { 'content-type': 'application/json', 'user-agent': 'tidemark (notifications)', ...headers },
      body,
    }).catch((error: unknown) => {
      throw new NotSent(whyUnreachable(error, this.#receiverMs));
    });
    // Not read: the status is enough, and an endless body would block us.
    answer.body.on('error', () => {}).destroy();
    if (answer.statusCode < 200 || answer.statusCode >= 300)
      throw new NotSent(`the receiver answered ${answer.statusCode}`);
  }

  async #mail(id: string, to: string, mail: { subject: string; text: string }): Promise<void> {
    if (!this.#canMail()) throw new NotSent(NO_MAIL);
    this.#transport ??= openTransport(String(this.#settings.smtpUrl), this.#receiverMs);
    const digest = createHash('sha256').update(id).digest('hex').slice(0, 32);
    const transport = await this.#transport;
    await transport
      .sendMail({
        ...{ ...mail, from: this.#settings.mailFrom, to, messageId: `<${digest}@tidemark>` },
        headers: { 'Auto-Submitted': 'auto-generated' },
      })
      .catch((error: { readonly responseCode?: number; readonly code?: string }) => {
        // Without the server's own words: they may quote the mailbox.
        const { responseCode, code = 'no connection' } = error;
        if (responseCode !== undefined) throw new NotSent(`the mail server answered ${responseCode}`);
        throw new NotSent(`the mail server could not be reached: ${code}`);
      });
  }
}

/** Proof of who sent a body, and when: HMAC-SHA256 over `<id>.<timestamp>.<body>`. */
function signatureHeaders(secret: string, id: string, body: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const key = Buffer.from(secret.replace(PREFIX, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

/** The error's own words stay out where they could quote the address. */
function whyUnreachable(error: unknown, receiverMs: number): string {
  if (error instanceof PrivateAddress) return error.message;
  const { name, code } = error as NodeJS.ErrnoException;
  const why =
    name === 'TimeoutError' ? `no answer within ${receiverMs / 1_000} s` : (code ?? name ?? 'no connection');
  return `the receiver could not be reached: ${why}`;
}

/** Its library is loaded for the first mail: most workers and APIs never send one. */
async function openTransport(url: string, receiverMs: number): Promise<Transporter> {
  const { createTransport } = await import('nodemailer');
  const timeouts = { connectionTimeout: receiverMs, greetingTimeout: receiverMs, socketTimeout: receiverMs };
  return createTransport({ url, ...timeouts, disableFileAccess: true, disableUrlAccess: true });
}
