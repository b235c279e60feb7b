/**
 * One HTTP exchange with a source: streamed with a byte limit, bounded in time, no redirects, no retries of its own (Temporal retries).
 * Failures use the codes of `domain/workflow/failures.ts`.
 */
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import type { Credentials } from '../../domain/dataset/fetcher.ts';
import type { NotPublished, SourceRequest } from '../../domain/dataset/pull.ts';
import { Failure } from '../../domain/workflow/failures.ts';

export interface SourceAnswer {
  readonly url: string;
  /** 200, 304 for a conditional request, or one that means "not published yet". */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Decompressed; empty for 304. */
  readonly body: Buffer;
}

let dispatcher: Dispatcher | undefined;

/**
 * Honours HTTP_PROXY, HTTPS_PROXY and NO_PROXY, which networks of trading floors need. Created at the first request: an invalid proxy
 * address, which may contain a password, is refused with the other settings before that.
 */
function throughProxy(): Dispatcher {
  dispatcher ??= new EnvHttpProxyAgent({ connect: { timeout: 10_000 } });
  return dispatcher;
}

/** XML error documents give the reason after some 750 bytes of head. */
const EXCERPT_BYTES = 1_500;
/** No server encodes more often than this; each layer costs memory, and a header has room for thousands. */
const MOST_CODINGS = 2;
/** A wait of this length fits into one attempt (workflows/proxies.ts). */
const LONGEST_PATIENCE_MS = 600_000;

/** Everything but the request itself. */
export interface ExchangeOptions {
  /** If-None-Match or If-Modified-Since, where the day's last payload had a validator. */
  readonly conditions?: Readonly<Record<string, string>>;
  readonly cancelled: AbortSignal;
  readonly credentials?: Credentials;
  /** Responses that mean "not published yet": they are answers, not failures. */
  readonly notPublished?: NotPublished | undefined;
}

/**
 * Sends a request to a source.
 * @throws Failure SOURCE_UNREACHABLE, SOURCE_TIMEOUT, SOURCE_ERROR, SOURCE_THROTTLED, REQUEST_REFUSED, ANSWER_BROKEN, ANSWER_TOO_LARGE; the
 * reason of `cancelled` once that is aborted
 */
export async function requestSource(
  baseUrl: string,
  wanted: SourceRequest,
  options: ExchangeOptions,
): Promise<SourceAnswer> {
  const { conditions = {}, cancelled, credentials = {} } = options;
  const url = addressOf(baseUrl, wanted, {});
  const { post } = wanted;
  const secrets = [...keysOf(credentials), ...(post?.secrets ?? [])];
  const deadline = AbortSignal.timeout(wanted.timeoutMs);
  try {
    const response = await request(addressOf(baseUrl, wanted, credentials.query), {
      ...(post ? { method: 'POST', body: post.body } : {}),
      dispatcher: throughProxy(),
      signal: AbortSignal.any([deadline, cancelled]),
      headersTimeout: wanted.timeoutMs,
      bodyTimeout: wanted.timeoutMs,
      headers: {
        accept: wanted.accept,
        'accept-encoding': 'gzip, br',
        'user-agent': 'tidemark/0.1 (market-data ingestion)',
        ...conditions,
        ...credentials.headers,
        ...(post ? { 'content-type': post.contentType } : {}),
      },
    });
    return await readAnswer(url, wanted, response, options, secrets);
  } catch (error) {
    // An error caused by our cancellation is no fault of the response, nor of ours.
    cancelled.throwIfAborted();
    if (error instanceof Failure) throw error;
    throw connectionFailure(url, error, deadline.aborted, wanted.timeoutMs);
  }
}

function addressOf(
  baseUrl: string,
  { path, query }: SourceRequest,
  more: Readonly<Record<string, string>> = {},
): string {
  const parameters = new URLSearchParams({ ...query, ...more });
  return parameters.size > 0 ? `${baseUrl}${path}?${parameters}` : `${baseUrl}${path}`;
}

async function readAnswer(
  url: string,
  { maxBytes }: SourceRequest,
  { body, headers: sent, statusCode: status }: Dispatcher.ResponseData,
  { conditions = {}, notPublished }: ExchangeOptions,
  secrets: readonly string[],
): Promise<SourceAnswer> {
  const headers = flatten(sent);
  // An unfinished body emits an error, and an unhandled error ends the process.
  body.on('error', () => {});
  try {
    if (status === 200) return { url, status, headers, body: await readBody(body, headers, maxBytes) };
    if (status === 304 && Object.keys(conditions).length > 0)
      return { url, status, headers, body: Buffer.alloc(0) };
    if (notPublished?.statuses.includes(status)) {
      const bytes = await readBody(body, headers, maxBytes);
      if (notPublished.body?.test(bytes.toString()) ?? true) return { url, status, headers, body: bytes };
      // Keys are removed before the text is cut: half a key would stay.
      const text = withoutKeys(bytes.toString(), secrets).slice(0, EXCERPT_BYTES);
      throw statusFailure(url, status, headers, text);
    }
    const beginning = await excerpt(body, headers);
    throw statusFailure(url, status, headers, withoutKeys(beginning, secrets));
  } finally {
    body.destroy();
  }
}

/** Keys with the word before them (`Bearer …`), and without. */
function keysOf({ headers, query }: Credentials): string[] {
  return Object.values({ ...headers, ...query }).flatMap((key) => [key, ...key.split(' ').slice(1)]);
}

/** Some services repeat the key that they refuse. */
function withoutKeys(text: string, secrets: readonly string[]): string {
  return secrets.filter((key) => key !== '').reduce((cleaned, key) => cleaned.replaceAll(key, '…'), text);
}

/** The body, decompressed; the limit counts decompressed bytes, so that a compression bomb counts at its full size. */
async function readBody(
  stream: Readable,
  headers: Readonly<Record<string, string>>,
  maxBytes: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of decompressed(stream, headers['content-encoding'])) {
    size += chunk.length;
    if (size > maxBytes) {
      throw new Failure(
        'ANSWER_TOO_LARGE',
        `the answer is larger than ${maxBytes} bytes and was not read to its end`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function decompressed(stream: Readable, encoding: string | undefined): AsyncIterable<Buffer> {
  const codings = (encoding ?? 'identity').split(',').map((coding) => coding.trim().toLowerCase());
  if (codings.length > MOST_CODINGS)
    throw new Failure('ANSWER_BROKEN', `the answer is encoded ${codings.length} times over`);
  return codings.reduceRight<Readable>((inner, coding) => {
    if (coding === 'identity' || coding === '') return inner;
    const decoder = Object.hasOwn(DECODERS, coding) ? DECODERS[coding]?.() : undefined;
    if (!decoder)
      throw new Failure('ANSWER_BROKEN', `the answer is encoded as "${coding}", which was not requested`);
    // Not pipeline(): a reader that stops early would turn into an unhandled error of the other stream.
    inner.on('error', (error) => decoder.destroy(error));
    return inner.pipe(decoder);
  }, stream);
}

const DECODERS: Readonly<Record<string, () => import('node:stream').Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** The beginning of an error's body, for the message; if it cannot be read, the status matters more. */
async function excerpt(stream: Readable, headers: Readonly<Record<string, string>>): Promise<string> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of decompressed(stream, headers['content-encoding'])) {
      chunks.push(chunk);
      if (Buffer.concat(chunks).length >= EXCERPT_BYTES) break;
    }
    return printable(Buffer.concat(chunks).subarray(0, EXCERPT_BYTES));
  } catch {
    return '';
  }
}

/** One line that any log, database and protocol accepts: no zero bytes, no halves of characters. */
function printable(bytes: Buffer): string {
  // Streaming: a character cut in half is left out.
  const text = new TextDecoder().decode(bytes, { stream: true });
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
}

function statusFailure(
  url: string,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): Failure {
  const message = `${url} answered ${status}${body ? `: ${body}` : ''}`;
  const retryAfterMs = retryAfter(headers['retry-after'], headers.date);
  const options = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 429) return new Failure('SOURCE_THROTTLED', message, options);
  if (status >= 500 || status === 408 || status === 425) return new Failure('SOURCE_ERROR', message, options);
  if (status >= 400) return new Failure('REQUEST_REFUSED', message, { status });
  // Without its query: a redirect to a login page carries a session in it.
  const location = headers.location?.replace(/[?#].*$/s, '');
  return new Failure(
    'ANSWER_BROKEN',
    location ? `${message} (to ${location}; redirects are not followed)` : message,
  );
}

/**
 * Retry-After as seconds or as a date, in milliseconds from now and bounded.
 * @param now the time by the response: a date is by the source's clock, not by this machine's.
 */
function retryAfter(value: string | undefined, now: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const isSeconds = /^\d+$/.test(value.trim());
  // Date.parse takes "-86400" for a year far ahead; HTTP dates begin with the day of the week.
  if (!isSeconds && !/^[a-z]{3,9},? /i.test(value)) return undefined;
  const ms = isSeconds ? Number(value) * 1000 : Date.parse(value) - (Date.parse(now ?? '') || Date.now());
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), LONGEST_PATIENCE_MS) : undefined;
}

function connectionFailure(url: string, error: unknown, timedOut: boolean, timeoutMs: number): Failure {
  const { code, message } = error as { code?: string; message?: string };
  if (timedOut || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return new Failure('SOURCE_TIMEOUT', `${url} did not finish its answer within ${timeoutMs} ms`, {
      cause: error,
    });
  }
  if (code?.startsWith('Z_') || code?.startsWith('ERR__ERROR_FORMAT')) {
    return new Failure('ANSWER_BROKEN', `${url}: the compressed answer is damaged (${code})`, {
      cause: error,
    });
  }
  const reason = [code, message].filter(Boolean).join(': ');
  return new Failure('SOURCE_UNREACHABLE', `${url}: ${reason || String(error)}`, { cause: error });
}

function flatten(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value] as const],
  );
  return Object.fromEntries(entries);
}
