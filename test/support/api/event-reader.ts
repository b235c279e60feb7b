/** Reads server-sent events as a browser does: remembers the last id, and comes back with it. */
import { request } from 'node:http';

export interface ReadEvent {
  readonly id: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events by hand
  readonly data: any;
}

export interface EventReader {
  /** Settles when the connection is over, however it ends. */
  readonly over: Promise<void>;
  /** Drops the connection in the middle of whatever it is in. */
  drop(): void;
}

/** @param onEvent is called for each event that has arrived whole. @param onId for each id, with an event or not. */
export function readEvents(
  url: string,
  lastId: number | undefined,
  { onEvent, onId }: { onEvent(event: ReadEvent): void; onId(id: number): void },
): EventReader {
  const headers = lastId === undefined ? {} : { 'last-event-id': String(lastId) };
  const stream = request(url, { headers });
  const over = new Promise<void>((resolve) => {
    stream.once('close', resolve);
    stream.once('error', () => resolve());
    stream.once('response', (response) => {
      let text = '';
      response.once('close', resolve);
      response.once('error', () => resolve());
      response.setEncoding('utf8').on('data', (chunk: string) => {
        const blocks = (text + chunk).split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          const [, id] = /^id: (\d+)$/m.exec(block) ?? [];
          const [, data] = /^data: (.+)$/m.exec(block) ?? [];
          if (id !== undefined && data !== undefined) onEvent({ id: Number(id), data: JSON.parse(data) });
          if (id !== undefined) onId(Number(id));
        }
      });
    });
  });
  stream.end();
  return { over, drop: () => stream.destroy() };
}
