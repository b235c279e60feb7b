// The file library of the platform: tokens, lists of folders, files of a month. It works when the API is down, and is renewed each hour
// from the same values. Requests are counted and logged, without tokens and passwords.
import { type Answer, jsonText } from '../answer.ts';
import { answerData, type DataAnswer } from '../data-endpoint.ts';
import { utcText } from '../rows.ts';
import { entsoeForms } from './forms.ts';
import { createLibraryAccess } from './library-access.ts';
import { FOLDERS, fileOf, folderNamed, monthsUntil, renewedAtMs } from './library-files.ts';
import type { EntsoeContext } from './publisher.ts';
import { outageAt } from './settings.ts';
import { zipOf } from './zip.ts';

/** Paths with this end belong to the library. */
export const LIBRARY_PATH =
  /(^|\/)(realms\/tp\/protocol\/openid-connect\/token|listFolder|downloadFileContent)\/?$/;

/** A request to it. */
export interface LibraryRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly authorization: string | undefined;
}

/** The library with one count of requests for each user. */
export function createLibrary(context: EntsoeContext): (request: LibraryRequest) => Answer {
  const access = createLibraryAccess(() => context.settings().library);
  return (request) => {
    const { method, path } = request;
    const [monotonicMs, nowMs] = [context.monotonicMs(), context.clock.nowMs()];
    const { library } = context.settings();
    const away = outageAt(library, nowMs);
    const answered = away
      ? plain(entsoeForms(nowMs).status(away))
      : method !== 'POST'
        ? plain({ ...refusal(405, 'Method Not Allowed'), headers: { allow: 'POST' } })
        : answerPost(context, access, request, { monotonicMs, nowMs });
    context.requests.record(
      {
        time: new Date(context.wallMs()).toISOString(),
        clock: new Date(nowMs).toISOString(),
        ...{ method, path, window: null, faults: answered.faults },
        status: answered.answer.delivery.ending === 'reset' ? 0 : answered.answer.status,
        throttled: answered.answer.status === 429,
      },
      monotonicMs,
    );
    return answered.answer;
  };
}

interface Moment {
  readonly monotonicMs: number;
  readonly nowMs: number;
}

function answerPost(
  context: EntsoeContext,
  access: ReturnType<typeof createLibraryAccess>,
  { path, body, authorization }: LibraryRequest,
  { monotonicMs, nowMs }: Moment,
): DataAnswer {
  if (/token\/?$/.test(path)) return plain(access.token(new URLSearchParams(body), monotonicMs));
  const refused = access.refusal(authorization, monotonicMs);
  if (refused) return plain(refused);
  const fields = fieldsOf(body);
  if (!fields) return plain(refusal(400, 'Invalid input'));
  return /listFolder\/?$/.test(path) ? plain(list(fields, nowMs)) : download(context, fields, nowMs);
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(body: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function list({ path }: Fields, nowMs: number): Answer {
  const folder = folderNamed(path);
  if (!folder) return refusal(400, `Folder not found: ${String(path)}; known are ${FOLDERS.join(', ')}`);
  const contentItemList = monthsUntil(nowMs).map((month) => {
    const name = `${month.replace('-', '_')}_${folder.name}.csv`;
    return {
      fileId: `${folder.kind}-${month}`,
      name,
      type: 'FILE',
      lastUpdatedTimestamp: utcText(renewedAtMs(month, nowMs)),
      periodCovered: { from: `${month}-01T00:00:00Z` },
    };
  });
  return jsonText(200, JSON.stringify({ contentItemList }));
}

function download(
  context: EntsoeContext,
  { folder: path, filename, downloadAsZip, topLevelFolder }: Fields,
  nowMs: number,
): DataAnswer {
  const folder = folderNamed(path);
  const [, year, number] = /^(\d{4})_(\d\d)_/.exec(String(filename)) ?? [];
  const month = `${year}-${number}`;
  const isThere =
    folder && filename === `${year}_${number}_${folder.name}.csv` && monthsUntil(nowMs).includes(month);
  if (topLevelFolder !== 'TP_export') return plain(refusal(403, 'Not authorized for this topLevelFolder'));
  if (!folder || !isThere) return plain(refusal(400, `File not found: ${String(filename)}`));
  const file = fileOf(context, folder, month, nowMs);
  const table = `library/${folder.kind}`;
  return answerData({
    ...{ table, window: file.window, faults: context.faults, attempt: context.attempt(table, file.window) },
    forms: entsoeForms(nowMs),
    tooWide: () => undefined,
    dataOf: () => (downloadAsZip ? zipped(String(filename), file.text()) : textAnswer(file.text())),
  });
}

function zipped(name: string, text: string): Answer {
  const body = zipOf([{ name, body: Buffer.from(text) }]).toString('latin1');
  return { ...jsonText(200, body), contentType: 'application/zip', binary: true };
}

function textAnswer(text: string): Answer {
  return { ...jsonText(200, text), contentType: 'text/csv' };
}

function refusal(status: number, message: string): Answer {
  return jsonText(status, JSON.stringify({ status, message }));
}

function plain(answer: Answer): DataAnswer {
  return { answer, faults: [] };
}
