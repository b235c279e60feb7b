/** Mail by SMTP. The message id is made from the key, so that mail programs show a repetition as the same message. */
import { createHash } from 'node:crypto';
import type { Transporter } from 'nodemailer';
import { Failure } from '../domain/workflow/failures.ts';

export interface MailerSettings {
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string | undefined;
  readonly receiverMs: number;
}

/** SMTP: 4xx is temporary, 5xx is permanent. */
const REFUSED = 500;

export class Mailer {
  readonly #settings: MailerSettings;
  #transport: Promise<Transporter> | undefined;

  constructor(settings: MailerSettings) {
    this.#settings = settings;
  }

  /** @throws Failure RECEIVER_UNREACHABLE, RECEIVER_ERROR, RECEIVER_REFUSED */
  async send(key: string, to: string, { subject, text }: { subject: string; text: string }): Promise<void> {
    const { smtpUrl, mailFrom: from, receiverMs } = this.#settings;
    if (smtpUrl === undefined || from === undefined)
      throw new Failure(
        'RECEIVER_ERROR',
        'mail needs NOTIFY_SMTP_URL and NOTIFY_MAIL_FROM where workers run',
      );
    this.#transport ??= openTransport(smtpUrl, receiverMs);
    const digest = createHash('sha256').update(key).digest('hex').slice(0, 32);
    const headers = { 'Auto-Submitted': 'auto-generated', 'X-Idempotency-Key': key };
    const mail = { from, to, subject, text, messageId: `<${digest}@tidemark>`, headers };
    const transport = await this.#transport;
    await transport.sendMail(mail).catch((error: unknown) => {
      throw failureOf(error);
    });
  }
}

/** Its library is loaded for the first mail: most workers and APIs never send one. */
async function openTransport(url: string, receiverMs: number): Promise<Transporter> {
  const { createTransport } = await import('nodemailer');
  const timeouts = {
    connectionTimeout: receiverMs,
    greetingTimeout: receiverMs,
    socketTimeout: receiverMs,
  };
  return createTransport({ url, ...timeouts, disableFileAccess: true, disableUrlAccess: true });
}

/** Without the server's own words: they may quote the mailbox. */
function failureOf(error: unknown): Failure {
  const { responseCode, code } = error as { responseCode?: number; code?: string };
  if (responseCode === undefined)
    return new Failure(
      'RECEIVER_UNREACHABLE',
      `the mail server could not be reached: ${code ?? 'no connection'}`,
    );
  const message = `the mail server answered ${responseCode}`;
  return new Failure(responseCode >= REFUSED ? 'RECEIVER_REFUSED' : 'RECEIVER_ERROR', message);
}
