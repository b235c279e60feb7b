/** What the exporter says when a collector does not take spans: once for each reason, because it says so with every batch. */
import type { DiagLogger } from '@opentelemetry/api';

export function exporterTrouble(url: string, warn: (summary: string) => void): DiagLogger {
  const told = new Set<string>();
  const tell = (said: string) => {
    const [reason = ''] = said.split('\n');
    if (told.has(reason)) return;
    told.add(reason);
    warn(
      `the collector of traces at ${new URL(url).origin} does not take spans (${reason}); they are dropped`,
    );
  };
  const ignore = () => {};
  return { error: tell, warn: tell, info: ignore, debug: ignore, verbose: ignore };
}
