/**
 * What a good answer for a delivery day looks like: twelve borders of the Core region, hour by hour, with values of their own
 * on each day. Hostile answers are made from it, so that each differs from it in one thing.
 */

export type Row = Record<string, unknown> & { id: number; dateTimeUtc: string };

export const ZONES = ['AT', 'BE', 'CZ', 'SK'];
export const BORDERS = ZONES.flatMap((from) =>
  ZONES.filter((to) => to !== from).map((to) => `border_${from}_${to}`),
);

/** Points of an hour, and of a complete day. */
export const SERIES = BORDERS.length;
export const FULL = 24 * SERIES;

const HOUR_MS = 3_600_000;

/** Rows from one instant to another, milliseconds; not to the end. */
export function goodRows(fromMs: number, toMs: number, stepMs = HOUR_MS): Row[] {
  const count = Math.ceil((toMs - fromMs) / stepMs);
  return Array.from({ length: count }, (_, index) => goodRow(fromMs + index * stepMs));
}

function goodRow(startMs: number): Row {
  const hours = startMs / HOUR_MS;
  const values = BORDERS.map((border, i) => [border, 1_000 + ((Math.round(hours * 44) + i * 37) % 2_000)]);
  return { id: Math.round(hours * 4), dateTimeUtc: isoOf(startMs), ...Object.fromEntries(values) };
}

/** As the publisher writes instants. */
export function isoOf(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** JSON that no value of ours makes: `raw('1e400')` stands in the text as it is. */
export function raw(text: string): string {
  return `\u0001${text}\u0001`;
}

/** The answer of the source that carries these rows. */
export function envelope(data: unknown, others: object = { rejected: false, messages: null }): string {
  return toJson({ data, ...others });
}

export function toJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(/"\\u0001(.*?)\\u0001"/g, (_, text: string) =>
    JSON.parse(`"${text}"`),
  );
}
