/** One logger for our lines and Temporal's, JSON on standard output. */
import { makeTelemetryFilterString, Runtime, type LogLevel as TemporalLevel } from '@temporalio/worker';
import { type Logger, pino, stdSerializers } from 'pino';
import type { Config } from '../config/config.ts';
import { aboutWorkflow } from '../domain/workflow/ids.ts';

/** Names and units as dashboards and the pages of Temporal expect them; all three are off by default. */
const AS_PROMETHEUS = { countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true };

/**
 * Creates the process's logger and installs it in Temporal's runtime. Call once, before using anything else of Temporal.
 * @param metricsAddress `host:port` at which Temporal's runtime serves its figures; left out, it serves none.
 * @param fields what every line carries: the trace that it belongs to.
 */
export function installLog(
  level: Config['logLevel'],
  metricsAddress?: string,
  fields: () => object = () => ({}),
): Logger {
  // URLs and headers may contain secrets, so they must not reach a log line.
  const log = pino({
    level,
    base: null,
    mixin: fields,
    // Workflows and Temporal log errors under this name; an unserialized Error would be shown as {}.
    serializers: { error: stdSerializers.err },
    redact: ['databaseUrl', '*.databaseUrl', '*.authorization', '*.apiKey'],
  });
  Runtime.install({
    logger: temporalLogger(log),
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'WARN' }), forward: {} },
      ...(metricsAddress
        ? { metrics: { prometheus: { bindAddress: metricsAddress, ...AS_PROMETHEUS } } }
        : {}),
    },
  });
  return log;
}

/** Adds dataset and day to a run's log lines, so that they can be found without knowing how workflow ids are built. */
function withSubject(meta: object & { readonly workflowId?: unknown } = {}): object {
  return typeof meta.workflowId === 'string' ? { ...aboutWorkflow(meta.workflowId), ...meta } : meta;
}

function temporalLogger(log: Logger) {
  const at = (level: Config['logLevel']) => (message: string, meta?: object) =>
    log[level](withSubject(meta), message);
  const levels = {
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
  return {
    ...levels,
    log: (level: TemporalLevel, message: string, meta?: object) =>
      levels[level.toLowerCase() as keyof typeof levels](message, meta),
  };
}
