/** Settings of notifications: whom they may reach, and by which mail server. */
import { z } from 'zod';
import type { SenderSettings } from '../notify/sender.ts';

const SMTP = 'write smtp://user:password@host:587, or smtps:// with its port';
const MAILBOX = /^[^\s@<>,;"\\]+@[^\s@<>,;"\\]+$/;

export const notifySettings = {
  NOTIFY_PRIVATE_ADDRESSES: z
    .enum(['refuse', 'allow'], { error: 'write "refuse" or "allow"' })
    .default('refuse'),
  NOTIFY_RUN_BOOKS: z
    .url({
      protocol: /^https?$/,
      error: 'write the URL before docs/recipes.md, such as https://git.example/tidemark/',
    })
    .optional(),
  PAGE_URL: z
    .url({ protocol: /^https?$/, error: 'write the URL of the page, such as https://tidemark.example' })
    .optional(),
  NOTIFY_SMTP_URL: z.url({ protocol: /^smtps?$/, error: SMTP }).optional(),
  NOTIFY_MAIL_FROM: z.string().regex(MAILBOX, 'write a mailbox such as tidemark@example.org').optional(),
};

/** Where a worker serves probes and metrics, and its deployment; without them it serves none and is unversioned. */
export const workerSettings = {
  WORKER_HEALTH_ADDRESS: place('127.0.0.1:9465'),
  WORKER_METRICS_ADDRESS: place('127.0.0.1:9464'),
  WORKER_DEPLOYMENT: z
    .string()
    .regex(/^[A-Za-z][\w-]{0,62}$/, 'write a name of letters, digits, "_" and "-", such as tidemark')
    .optional(),
};

export interface WorkerConfig {
  readonly health: Place | undefined;
  /** `host:port`, as Temporal's runtime takes it. */
  readonly metrics: string | undefined;
  /** The Temporal deployment that it is a version of; undefined: workers are unversioned. */
  readonly deployment: string | undefined;
}

interface Place {
  readonly host: string;
  readonly port: number;
}

export function workerOf(settings: z.output<z.ZodObject<typeof workerSettings>>): WorkerConfig {
  const { WORKER_HEALTH_ADDRESS: health, WORKER_METRICS_ADDRESS: metrics, WORKER_DEPLOYMENT } = settings;
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(health ?? '') ?? [];
  return {
    health: health === undefined ? undefined : { host, port: Number(port) },
    metrics,
    deployment: WORKER_DEPLOYMENT,
  };
}

function place(example: string) {
  return z
    .string()
    .regex(/^[\w.-]+:\d{1,5}$/, `write host:port, such as ${example}`)
    .optional();
}

/** Values of these are never shown. */
export const NOTIFY_SECRETS = ['NOTIFY_SMTP_URL'];

export type NotifyConfig = Pick<SenderSettings, 'allowPrivate' | 'smtpUrl' | 'mailFrom' | 'links'>;

type Given = z.output<z.ZodObject<typeof notifySettings>>;

export function notifyOf(settings: Given): NotifyConfig {
  return {
    allowPrivate: settings.NOTIFY_PRIVATE_ADDRESSES === 'allow',
    smtpUrl: settings.NOTIFY_SMTP_URL,
    mailFrom: settings.NOTIFY_MAIL_FROM,
    links: {
      runBooks: settings.NOTIFY_RUN_BOOKS?.replace(/\/?$/, '/'),
      page: settings.PAGE_URL?.replace(/\/+$/, ''),
    },
  };
}

export function notifyFaults({ NOTIFY_SMTP_URL, NOTIFY_MAIL_FROM }: Given): string[] {
  if (NOTIFY_SMTP_URL === undefined || NOTIFY_MAIL_FROM !== undefined) return [];
  return ['NOTIFY_MAIL_FROM is not set: with NOTIFY_SMTP_URL, write the mailbox that mail comes from'];
}
