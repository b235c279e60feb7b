// The Publication Tool's answers without data.
import { type AnswerForms, htmlPage, jsonText, problem, statusTitle, tooManyRequests } from './answer.ts';
import { envelopeText } from './rows.ts';

/** The answers for a path. */
export function jaoForms(path: string): AnswerForms {
  return {
    status(code) {
      if (code === 429) return tooManyRequests('100 per 1m');
      if (code >= 500) return htmlPage(code, statusTitle(code), 'The server could not answer the request.');
      return problem(code, 'The request could not be answered.', path);
    },
    rejection: (status, message) =>
      jsonText(status, JSON.stringify({ data: [], rejected: true, messages: [message] })),
    nothing: () => jsonText(200, envelopeText([])),
  };
}
