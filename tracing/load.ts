/** The way to traces for everybody else: what traces is loaded where a setting asks for it, and nowhere else. */
import type { Tracing, TracingOptions } from './tracing.ts';

/** @param url where spans are sent; undefined: nothing is traced, and nothing is loaded. */
export async function loadTracing(
  url: string | undefined,
  options: Omit<TracingOptions, 'url'>,
): Promise<Tracing | undefined> {
  if (url === undefined) return undefined;
  const { startTracing } = await import('./tracing.ts');
  return startTracing({ url, ...options });
}
