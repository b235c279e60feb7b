/** Problem details (RFC 9457): the one shape of all errors. */
import { z } from 'zod';

export const PROBLEM_TYPE = 'application/problem+json';

const TITLES = {
  400: 'The request is wrong',
  401: 'A valid key is needed',
  403: 'The key does not allow this',
  404: 'There is no such thing',
  405: 'The method is not allowed here',
  406: 'No such format',
  408: 'The request took too long',
  409: 'Conflict with what is there',
  413: 'The request is too large',
  415: 'No such content type',
  421: 'This host is not answered for',
  422: 'The request cannot be answered',
  429: 'Too many requests',
  431: 'The address or a header is too long',
  500: 'An error of ours',
  503: 'Not available now',
} as const;

export type ProblemStatus = keyof typeof TITLES;

/** A wrong field: its name as the caller wrote it, the value, and what to write instead. */
export interface FieldFault {
  readonly field: string;
  readonly value?: unknown;
  readonly hint: string;
}

export const problemSchema = z
  .object({
    type: z.string().describe('urn:tidemark:problem:<status>; the same for every problem of a kind'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('what is wrong and how to fix it'),
    instance: z.string().describe('the id of the request, as logged'),
    sign_in: z.string().optional().describe('where a person signs on, where there is single sign-on'),
    errors: z
      .array(z.object({ field: z.string(), value: z.unknown().optional(), hint: z.string() }))
      .optional()
      .describe('each field that is wrong'),
  })
  .meta({ id: 'Problem' });

/** Thrown by routes; the error handler of `app.ts` answers with it. */
export class Problem extends Error {
  readonly status: ProblemStatus;
  readonly faults: readonly FieldFault[];
  readonly headers: Readonly<Record<string, string>>;
  readonly signIn: string | undefined;

  constructor(
    status: ProblemStatus,
    detail: string,
    more: {
      readonly faults?: readonly FieldFault[];
      readonly headers?: Readonly<Record<string, string>>;
      readonly signIn?: string;
    } = {},
  ) {
    super(detail);
    this.status = status;
    this.faults = more.faults ?? [];
    this.headers = more.headers ?? {};
    this.signIn = more.signIn;
  }

  /** @param requestId shown so that an operator can find the request in the log. */
  toJSON(requestId = ''): z.output<typeof problemSchema> {
    return {
      type: `urn:tidemark:problem:${this.status}`,
      title: TITLES[this.status],
      status: this.status,
      detail: this.message,
      instance: requestId,
      ...(this.signIn === undefined ? {} : { sign_in: this.signIn }),
      ...(this.faults.length > 0 ? { errors: this.faults.map((fault) => ({ ...fault })) } : {}),
    };
  }
}

/** A single field that is wrong. @param status 400: cannot be read · 422: can be read and has no answer. */
export function wrongField(
  field: string,
  value: unknown,
  hint: string,
  status: ProblemStatus = 400,
): Problem {
  const shown = typeof value === 'string' ? `"${value.slice(0, 200)}"` : String(value);
  return new Problem(status, `"${field}" is ${shown}: ${hint}`, { faults: [{ field, value, hint }] });
}

type ProblemResponse = {
  readonly description: string;
  readonly content: Record<string, { readonly schema: typeof problemSchema }>;
};

const ALWAYS = [400, 401, 404, 405, 421, 429, 431, 500, 503] as const;

/** The problems that a route may answer with, for its response schemas. */
export function problems<const S extends ProblemStatus>(
  ...statuses: readonly S[]
): Record<S | (typeof ALWAYS)[number], ProblemResponse> {
  const all = [...new Set<ProblemStatus>([...ALWAYS, ...statuses])].map((status) => {
    const content = { [PROBLEM_TYPE]: { schema: problemSchema } };
    return [status, { description: TITLES[status], content }] as const;
  });
  return Object.fromEntries(all) as unknown as Record<S | (typeof ALWAYS)[number], ProblemResponse>;
}

/** For routes that answer a conditional request. */
export const notModified = { 304: z.null().describe('not modified: your copy is current') };
