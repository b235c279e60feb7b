/** Warns when the collector rejects spans: once per reason, because the exporter repeats it with every batch. */
import type { DiagLogger } from '@opentelemetry/api';

export function exporterTrouble(url: string, warn: (summary: string) => void): DiagLogger {
  const warned = new Set<string>();
  const tell = (message: string) => {
    const [reason = ''] = message.split('\n');
    if (warned.has(reason)) return;
    warned.add(reason);
    warn(
      `the collector of traces at ${new URL(url).origin} does not take spans (${reason}); they are dropped`,
    );
  };
  const ignore = () => {};
  return { error: tell, warn: tell, info: ignore, debug: ignore, verbose: ignore };
}
