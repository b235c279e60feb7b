/** Messages for people: Slack's form and mail. Pure. */
import { type EventLinks, eventBody, type NotifyEvent } from './event.ts';

const SIGNS = { block: ':red_circle:', warn: ':large_orange_circle:', info: ':white_circle:' } as const;
/** Receivers silently cut longer ones. */
const MOST_LINES = 40;

/** The body for a webhook: one event, or a digest. */
export function webhookBody(
  key: string,
  events: readonly NotifyEvent[],
  isDigest: boolean,
  links?: EventLinks,
): string {
  const [first] = events;
  const body =
    isDigest || !first
      ? { key, kind: 'digest', events: events.map((event) => eventBody(event, links)) }
      : { ...eventBody(first, links), key };
  return JSON.stringify(body);
}

/** The form of Slack's incoming webhooks and compatible services. */
export function slackBody(events: readonly NotifyEvent[], links?: EventLinks): string {
  const lines = events.map((event) => `${signOf(event)} ${escapeSlack(lineOf(event, links))}`);
  return JSON.stringify({ text: cut(lines).join('\n') });
}

export function mailOf(
  events: readonly NotifyEvent[],
  isDigest: boolean,
  links?: EventLinks,
): { subject: string; text: string } {
  const [first] = events;
  const subject =
    isDigest || !first ? `Tidemark: ${events.length} notifications` : `Tidemark: ${first.summary}`;
  return {
    subject: subject.replaceAll(/\s+/g, ' ').slice(0, 200),
    text: `${cut(events.map((event) => mailLine(event, links))).join('\n')}\n`,
  };
}

function signOf({ severity, phase }: NotifyEvent): string {
  return phase === 'ended' ? ':large_green_circle:' : SIGNS[severity];
}

function lineOf(event: NotifyEvent, links: EventLinks | undefined): string {
  const { run_book: runBook, page } = eventBody(event, links);
  const toDo = runBook && event.phase !== 'ended' ? [`what to do: ${runBook}`] : [];
  const more = [...toDo, ...(page ? [`more: ${page}`] : [])];
  return more.length > 0 ? `${event.summary} (${more.join('; ')})` : event.summary;
}

function mailLine(event: NotifyEvent, links: EventLinks | undefined): string {
  return `${event.happenedAt.toISOString()}  ${event.severity.padEnd(5)}  ${lineOf(event, links)}`;
}

/** Text from a source must not become a link, or notify a whole channel. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function cut(lines: readonly string[]): readonly string[] {
  return lines.length <= MOST_LINES
    ? lines
    : [...lines.slice(0, MOST_LINES), `… and ${lines.length - MOST_LINES} more`];
}
