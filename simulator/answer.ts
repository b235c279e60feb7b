// An answer before it is sent: status, body, and how it is delivered. Building one has no side effects.

/** How the body goes over the wire. Sizes in bytes, times in milliseconds. */
export interface Delivery {
  /** Delay before the headers. */
  readonly delayMs: number;
  /** 0 sends as fast as the socket takes it. */
  readonly bytesPerSecond: number;
  /** Spaces streamed after the body. */
  readonly paddingBytes: number;
  readonly gzip: boolean;
  /** `cut` announces the whole length and hangs up half way; `reset` sends nothing and resets the connection. */
  readonly ending: 'whole' | 'cut' | 'reset';
}

/** What will be sent. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** Each character of the body is one byte, for zips. */
  readonly binary?: true;
  readonly headers: Readonly<Record<string, string>>;
  readonly delivery: Delivery;
}

/** A publisher's answers without data. */
export interface AnswerForms {
  /** An HTTP error. */
  status(code: number): Answer;
  /** A refusal with a message. */
  rejection(status: number, message: string): Answer;
  /** No data, or none yet. */
  nothing(): Answer;
}

const PLAIN_DELIVERY: Delivery = {
  delayMs: 0,
  bytesPerSecond: 0,
  paddingBytes: 0,
  gzip: false,
  ending: 'whole',
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** Any answer, sent plainly. */
export function answer(status: number, contentType: string, body: string): Answer {
  return { status, contentType, body, headers: {}, delivery: PLAIN_DELIVERY };
}

/** A JSON text with the content type of the publisher. */
export function jsonText(status: number, body: string): Answer {
  return answer(status, 'application/json; charset=utf-8', body);
}

/** A value as JSON, spread over lines for people: control answers. */
export function jsonValue(status: number, value: unknown): Answer {
  return jsonText(status, `${JSON.stringify(value, null, 2)}\n`);
}

/** RFC 7807 problem details in the format of ASP.NET Core; `errors` holds complaints by field. */
export function problem(
  status: number,
  detail: string,
  instance: string,
  errors?: Readonly<Record<string, readonly string[]>>,
): Answer {
  const title = errors ? 'One or more validation errors occurred.' : (TITLES[status] ?? 'Error');
  const type = `https://tools.ietf.org/html/rfc9110#section-15.${status < 500 ? `5.${status - 399}` : `6.${status - 499}`}`;
  const body = JSON.stringify({ type, title, status, detail, instance, ...(errors && { errors }) });
  return answer(status, 'application/problem+json; charset=utf-8', body);
}

/** An HTML page of a proxy or a web server that does not know the API. */
export function htmlPage(status: number, heading: string, text: string): Answer {
  const body = `<!DOCTYPE html>\n<html>\n<head><title>${heading}</title></head>\n<body>\n<h1>${heading}</h1>\n<p>${text}</p>\n</body>\n</html>\n`;
  return answer(status, 'text/html; charset=utf-8', body);
}

/** The text of an HTTP status, as in `503 Service Unavailable`. */
export function statusTitle(status: number): string {
  return `${status} ${TITLES[status] ?? 'Error'}`;
}

/** The answer above the quota: a short plain text, with Retry-After in whole seconds if given. */
export function tooManyRequests(limit: string, retryAfterS?: number): Answer {
  const text = `API calls quota exceeded! maximum admitted ${limit}.`;
  const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
  return { ...answer(429, 'text/plain', text), headers };
}
