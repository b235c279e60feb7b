/**
 * Signatures of webhooks, after the Standard Webhooks specification, so that its libraries verify them: HMAC-SHA256 over
 * `<id>.<timestamp>.<body>`, where the id is the idempotency key and the timestamp the seconds at which it was sent.
 */
import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';

/** A new secret, in the form that is shown once. */
export function newSecret(): string {
  return `${PREFIX}${randomBytes(32).toString('base64')}`;
}

/** Headers that prove who sent a body, and when. */
export function signatureHeaders(
  secret: string,
  key: string,
  body: string,
  nowMs: number,
): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const bytes = Buffer.from(secret.replace(PREFIX, ''), 'base64');
  const signature = createHmac('sha256', bytes).update(`${key}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': key, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
