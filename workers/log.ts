/** One logger for our lines and Temporal's, JSON on standard output. */
import { makeTelemetryFilterString, Runtime, type LogLevel as TemporalLevel } from '@temporalio/worker';
import { type Logger, pino, stdSerializers } from 'pino';
import type { Config } from '../config.ts';

/** Makes the process's logger and hands it to Temporal's runtime. Call once, before anything of Temporal's is made. */
export function installLog(level: Config['logLevel']): Logger {
  // Secrets travel in URLs and headers; none of these may reach a log line.
  const log = pino({
    level,
    base: null,
    // By this name workflows and Temporal log what went wrong; a bare Error would be shown as {}.
    serializers: { error: stdSerializers.err },
    redact: ['databaseUrl', '*.databaseUrl', '*.authorization', '*.apiKey'],
  });
  Runtime.install({
    logger: temporalLogger(log),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'WARN' }), forward: {} } },
  });
  return log;
}

function temporalLogger(log: Logger) {
  const at = (level: Config['logLevel']) => (message: string, meta?: object) =>
    log[level](meta ?? {}, message);
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
