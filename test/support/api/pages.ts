/** Answers that come in pages. */
import { expect } from 'vitest';
import type { Answer } from './api-environment.ts';

/** The rows of a page and of all that follow it: each is answered, and has no more rows than its limit says. */
export async function rowsOfPages<T>(get: (url: string) => Promise<Answer>, first: string): Promise<T[]> {
  const rows: T[] = [];
  for (let url: string | null = first; url; ) {
    const { status, json }: Answer = await get(url);
    expect(status, url).toBe(200);
    expect(json.data.length).toBeLessThanOrEqual(Number(new URL(url, 'http://x').searchParams.get('limit')));
    rows.push(...json.data);
    url = json.next;
  }
  return rows;
}
