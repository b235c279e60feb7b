/** Settings of traces: where they are sent. Names and meaning follow OpenTelemetry; left out: no tracing. */
import { z } from 'zod';

const ADDRESS = 'write the URL of a collector that takes OTLP over HTTP, such as http://localhost:4318';
const collector = z.url({ protocol: /^https?$/, error: ADDRESS }).optional();

export const tracingSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: collector,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector,
};

/** The same for a command that needs no other setting. A wrong value is reported where all settings are read. */
export function tracesUrl(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const given = Object.keys(tracingSettings).map((name) => [name, env[name] || undefined]);
  const parsed = z.object(tracingSettings).safeParse(Object.fromEntries(given));
  return parsed.success ? tracingOf(parsed.data) : undefined;
}

/** @returns the URL that spans are sent to; undefined: nothing is traced. */
export function tracingOf(settings: z.output<z.ZodObject<typeof tracingSettings>>): string | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: whole } = settings;
  return whole ?? (base === undefined ? undefined : `${base.replace(/\/$/, '')}/v1/traces`);
}
