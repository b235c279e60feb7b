/** Messages as receivers get them: webhooks, Slack's form and mail. Pure. */
import type { CivilDay } from '../time/civil-day.ts';
import { CAUSES, type Cause, spanOf } from './incident.ts';

/** `test`: somebody tries a receiver. */
export type MessageCause = Cause | 'test';

export interface Message {
  /** The same with every attempt: a receiver that keeps ids takes each message once. */
  readonly id: string;
  readonly phase: 'opened' | 'over';
  readonly cause: MessageCause;
  readonly dataset: string | null;
  readonly subject: string;
  readonly days: readonly CivilDay[];
  readonly openedAt: Date;
  readonly overAt: Date | null;
  /** What was said of it when it opened. */
  readonly summary: string;
}

/** Base addresses for links in messages. */
export interface MessageLinks {
  /** Prefix of a run-book's path, with its slash. @default its path in this project */
  readonly runBooks?: string | undefined;
  /** Address of the web page. @default messages have no link to it */
  readonly page?: string | undefined;
}

/** The body of a webhook. */
export function webhookBody(message: Message, links: MessageLinks = {}): string {
  const { id, phase, cause, dataset, subject, days, openedAt, overAt } = message;
  return JSON.stringify({
    ...{ id, phase, cause, severity: severityOf(message), dataset, subject, days },
    opened_at: openedAt.toISOString(),
    over_at: overAt?.toISOString() ?? null,
    summary: lineOf(message),
    run_book: runBookOf(message, links),
    page: pageOf(message, links),
  });
}

const SIGNS = { block: ':red_circle:', warn: ':large_orange_circle:', info: ':white_circle:' } as const;

/** The form of Slack's incoming webhooks and compatible services. */
export function slackBody(message: Message, links: MessageLinks = {}): string {
  const sign = message.phase === 'over' ? ':large_green_circle:' : SIGNS[severityOf(message)];
  return JSON.stringify({ text: `${sign} ${escapeSlack(withLinks(message, links))}` });
}

export function mailOf(message: Message, links: MessageLinks = {}): { subject: string; text: string } {
  const subject = `Tidemark: ${lineOf(message)}`.replaceAll(/\s+/g, ' ').slice(0, 200);
  return { subject, text: `${withLinks(message, links)}\n` };
}

function severityOf({ cause, phase }: Message) {
  return cause === 'test' || phase === 'over' ? 'info' : CAUSES[cause].severity;
}

/** `over: jao-core.max-exchanges: 2026-11-20, late since 2026-11-19T10:30:00.000Z`. */
function lineOf({ phase, cause, dataset, subject, days, openedAt, summary }: Message): string {
  if (phase === 'opened') return summary;
  const what = cause.replaceAll('_', ' ');
  const about = [dataset, days.length > 0 ? spanOf(days) : subject].filter(Boolean).join(': ');
  return `over: ${about ? `${about}, ` : ''}${what} since ${openedAt.toISOString()}`;
}

function withLinks(message: Message, links: MessageLinks): string {
  const [runBook, page] = [runBookOf(message, links), pageOf(message, links)];
  const more = [
    ...(runBook && message.phase === 'opened' ? [`what to do: ${runBook}`] : []),
    ...(page ? [`more: ${page}`] : []),
  ];
  return more.length > 0 ? `${lineOf(message)} (${more.join('; ')})` : lineOf(message);
}

function runBookOf({ cause }: Message, { runBooks = '' }: MessageLinks): string | null {
  return cause === 'test' ? null : `${runBooks}docs/recipes.md#${CAUSES[cause].recipe}`;
}

/** The page of the day with its runs, of the dataset, or of what is wrong. */
function pageOf({ dataset, days }: Message, { page }: MessageLinks): string | null {
  if (page === undefined) return null;
  if (dataset === null) return `${page}/#/notifications`;
  const whole = `${page}/#/datasets/${encodeURIComponent(dataset)}`;
  return days.length === 0 ? whole : `${whole}/days/${days.at(-1)}`;
}

/** Text from a source must not become a link, or notify a whole channel. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
