/** Which settings there are, which of them are secret, and which the chart takes care of. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../../config/installation.ts';

/** Settings of Tidemark: the names of docs/reference/settings.md, and those that it refers to other projects for. */
export function isSetting(name: string): boolean {
  return documentedSettings().includes(name) || ELSEWHERE.some((pattern) => pattern.test(name));
}

/** Temporal's, OpenTelemetry's and Node's own. */
const ELSEWHERE = [
  /^TEMPORAL_TLS(_(SERVER_NAME|(SERVER_CA_CERT|CLIENT_CERT|CLIENT_KEY)_(PATH|DATA)))?$/,
  /^OTEL_EXPORTER_OTLP_HEADERS$/,
  /^(HTTPS?|NO)_PROXY$/,
  /^NODE_EXTRA_CA_CERTS$/,
];

/** Names of the generated page, which a guard keeps up to date. */
export function documentedSettings(): string[] {
  const page = readFileSync(join(ROOT, 'docs/reference/settings.md'), 'utf8');
  return [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name = '']) => name);
}

/** What a pod has no choice about: set by the templates, by the image, or of `npm start` and an open API alone. */
export const NOT_BY_VALUES = [
  'DATABASE_URL',
  'HOST',
  'PORT',
  'API_ACCESS',
  'API_HOSTS',
  'WORKER_HEALTH_ADDRESS',
  'WORKER_METRICS_ADDRESS',
  'TIDEMARK_FILES',
  'TIDEMARK_STATE_DIR',
];
