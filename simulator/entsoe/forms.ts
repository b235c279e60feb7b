// The ENTSO-E platform's answers without data. All acknowledgements have code 999: only status and text differ.
import { type Answer, type AnswerForms, answer, htmlPage, jsonText, statusTitle } from '../answer.ts';
import { utcText } from '../rows.ts';
import type { Window } from '../window.ts';

/** The request in the words of acknowledgements. */
export interface RequestDescription {
  /** `ENERGY_PRICES [12.1.D]`. */
  readonly item: string;
  readonly eics: readonly string[];
  readonly window: Window;
}

/** The forms of a request, as of an instant of the simulator's clock. */
export function entsoeForms(nowMs: number, request?: RequestDescription): AnswerForms {
  return {
    status: statusAnswer,
    rejection: (status, message) => acknowledgement(status, message, nowMs),
    nothing: () => acknowledgement(200, nothingText(request), nowMs),
  };
}

function statusAnswer(code: number): Answer {
  if (code === 401) return htmlPage(401, 'Unauthorized', 'Missing or invalid security token');
  if (code === 404) return answer(404, 'text/plain; charset=utf-8', '404 page not found\n');
  if (code === 429) return throttled(400);
  if (code === 503)
    return htmlPage(503, 'Service unavailable', 'Scheduled maintenance is currently underway.');
  if (code === 599) return gatewayTimeout();
  return htmlPage(code, statusTitle(code), 'The request could not be answered.');
}

/** The page for a token with too many requests. */
export function throttled(requests: number, againAtMs?: number): Answer {
  const when = againAtMs === undefined ? 'in a few minutes' : `at ${utcText(againAtMs)}`;
  return htmlPage(
    429,
    'Too Many Requests',
    `Your request has exceeded the API throttling limit of ${requests} requests per minute. The platform will respond again ${when}.`,
  );
}

function gatewayTimeout(): Answer {
  const error = { id: 'connectTimeout', type: 'error', message: 'Connection to the application timed out.' };
  return jsonText(599, JSON.stringify({ uuAppErrorMap: { 'uu-gateway-router/connectTimeout': error } }));
}

/** A document with the reason why there is no other. */
export function acknowledgement(status: number, text: string, nowMs: number): Answer {
  const created = utcText(nowMs);
  const body = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<Acknowledgement_MarketDocument',
    '\txmlns="urn:iec62325.351:tc57wg16:451-1:acknowledgementdocument:7:0">',
    `\t<mRID>${Math.floor(nowMs).toString(16).padStart(13, '0')}-4</mRID>`,
    `\t<createdDateTime>${created}</createdDateTime>`,
    '\t<sender_MarketParticipant.mRID codingScheme="A01">10X1001A1001A450</sender_MarketParticipant.mRID>',
    `\t<received_MarketDocument.createdDateTime>${created}</received_MarketDocument.createdDateTime>`,
    '\t<Reason>',
    '\t\t<code>999</code>',
    `\t\t<text>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`,
    '\t</Reason>',
    '</Acknowledgement_MarketDocument>',
  ].join('\n');
  const disposition = { 'content-disposition': 'inline; filename="acknowledgement.xml"' };
  return { ...answer(status, 'text/xml', body), headers: disposition };
}

function nothingText(request: RequestDescription | undefined): string {
  if (!request) return 'No matching data found';
  const { item, eics, window } = request;
  const interval = `${utcText(window.fromMs)}/${utcText(window.toMs)}`;
  return `No matching data found for Data item ${item} (${eics.join(', ')}) and interval ${interval}.`;
}
