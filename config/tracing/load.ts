/** The entry point to tracing: its packages are imported only when a setting enables it. */
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
