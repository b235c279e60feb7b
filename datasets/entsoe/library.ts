/**
 * The file library of the ENTSO-E Transparency Platform, which stands in when its API is away: it was away for days in autumn 2026,
 * the library was not.
 *
 * Where it is   https://fms.tp.entsoe.eu · POST /listFolder and /downloadFileContent, JSON, with a bearer token
 * Token         POST https://keycloak.tp.entsoe.eu/realms/tp/protocol/openid-connect/token, a password grant for the client
 *               `tp-fms-public`; it holds for 900 s. Passwords of the platform end after 183 days.
 * Folders       `/TP_export/<item>/`, one file a month: `2026_11_EnergyPrices_12.1.D_r3.1.csv`, made anew each hour where something has
 *               changed, but not at 00:00 and 01:00. Items of prices end in `_r3.1` since October 2026, those of load and generation in `_r3`.
 * Files         CSV with tabs, UTF-8, as they are or in a zip; times are UTC: library-lines.ts.
 * Quota         100 requests a minute for each user, then ten minutes of 429.
 * Revisions     the latest values only, each with the time of its last change.
 * Guesses       that a month of a file is one of UTC (its first line is of 00:00 UTC); that `lastUpdatedTimestamp` of a list changes with
 *               the file, which is why id and size count as well. A list may have more fields than are read here.
 */
import type { StandIn, StandInBytes, StandInContext } from '../../domain/dataset/stand-in.ts';
import type { SeenFile } from '../../domain/files/found-files.ts';
import type { Interval } from '../../domain/time/civil-day.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import { decodeLines, type LibraryItem, sorterOf } from './library-lines.ts';

const [USER, PASSWORD, URL_OF, TOKENS] = [
  'ENTSOE_LIBRARY_USER',
  'ENTSOE_LIBRARY_PASSWORD',
  'ENTSOE_LIBRARY_URL',
  'ENTSOE_LIBRARY_TOKEN_URL',
] as const;
const DAYS = 'ENTSOE_LIBRARY_DAYS';

const HOST = 'https://fms.tp.entsoe.eu';
const TOKEN_HOST = 'https://keycloak.tp.entsoe.eu';
const TOP = 'TP_export';

/** The settings of the library. */
export const librarySettings = {
  [USER]: {
    meaning:
      'E-mail address of an account of the ENTSO-E Transparency Platform, for its file library, which stands in when its API is away. ' +
      'Without it and its password the library is not used',
  },
  [PASSWORD]: {
    meaning:
      'Password of that account, which the platform lets end after 183 days; never stored, shown or logged',
    secret: true as const,
  },
  [URL_OF]: { meaning: 'Where the file library is', default: HOST, form: { urlSuchAs: HOST } },
  [TOKENS]: {
    meaning: 'Where the file library has its tokens from: the part before `/realms`',
    default: TOKEN_HOST,
    form: { urlSuchAs: TOKEN_HOST },
  },
  [DAYS]: {
    meaning: 'Files of the library are loaded that have something of this many last days',
    default: '35',
    form: { pattern: /^[1-9]\d{0,3}$/, hint: 'write a whole number of days above 0, such as 35' },
  },
};

/** The files of an item, as another way to get the values of a dataset. */
export function libraryOf(item: LibraryItem): StandIn {
  const folder = `/${TOP}/${item.folder}/`;
  return {
    name: 'library',
    host: {
      id: 'entsoe-library',
      title: 'File library of the ENTSO-E Transparency Platform',
      baseUrl: { setting: URL_OF, default: HOST },
      quota: { requests: 90, windowMs: 60_000, reservedForLive: 0, banMs: 600_000 },
    },
    needs: [USER, PASSWORD],
    otherUrls: [TOKENS],
    everyMinutes: 20,
    list: async (context) => await listFolder(folder, context),
    download: async (location, context) => await download(folder, location, context),
    covers: (location) => monthOf(location) ?? { startMs: 0, endMs: Number.MAX_SAFE_INTEGER },
    sorter: (header) => sorterOf(item, header),
    decode: (body, answer) => decodeLines(item, body, answer),
  };
}

const LIST = { accept: 'application/json', maxBytes: 16 * 1024 * 1024, timeoutMs: 120_000 };
/** A month of generation has some 150 MB, a tenth of it in a zip. */
const FILE = { accept: 'application/zip, text/csv', maxBytes: 256 * 1024 * 1024, timeoutMs: 600_000 };

async function listFolder(folder: string, context: StandInContext): Promise<SeenFile[]> {
  const body = {
    path: folder,
    sorterList: [{ key: 'periodCovered.from', ascending: true }],
    pageInfo: { pageIndex: 0, pageSize: 5_000 },
  };
  const { body: answer } = await ask('/listFolder', body, LIST, context);
  const fromMs = context.nowMs - Number(context.settings[DAYS] ?? 35) * 86_400_000;
  return itemsOf(answer).flatMap((item) => {
    const { name, fileId, lastUpdatedTimestamp, size } = item;
    const month = typeof name === 'string' ? monthOf(name) : undefined;
    if (!month || month.endMs <= fromMs) return [];
    const seen = [fileId, lastUpdatedTimestamp, size].filter((each) => each !== undefined);
    return [{ location: `${context.settings[URL_OF] ?? HOST}${folder}${name}`, signature: seen.join(' ') }];
  });
}

type Item = Readonly<Record<string, unknown>>;

function itemsOf(answer: Uint8Array): readonly Item[] {
  const text = new TextDecoder().decode(answer);
  const { contentItemList } = parsed(text);
  if (Array.isArray(contentItemList)) return contentItemList as Item[];
  throw new Failure('ANSWER_BROKEN', `the file library lists no "contentItemList": ${text.slice(0, 200)}`);
}

function parsed(text: string): Item {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Item) : {};
  } catch {
    return {};
  }
}

/** The month in a file name, taken to be in UTC: a guess. */
function monthOf(name: string): Interval | undefined {
  const [, year, month] = /(?:^|\/)(\d{4})_(\d\d)_[^/]*\.csv$/.exec(name) ?? [];
  if (!year || !month) return undefined;
  return { startMs: Date.UTC(Number(year), Number(month) - 1), endMs: Date.UTC(Number(year), Number(month)) };
}

async function download(folder: string, location: string, context: StandInContext): Promise<StandInBytes> {
  const filename = location.slice(location.lastIndexOf('/') + 1);
  const body = { folder, filename, downloadAsZip: true, topLevelFolder: TOP };
  return await ask('/downloadFileContent', body, FILE, context);
}

async function ask(
  path: string,
  body: object,
  limits: typeof LIST,
  context: StandInContext,
): Promise<StandInBytes> {
  const headers = { authorization: `Bearer ${await tokenOf(context)}` };
  const post = { contentType: 'application/json', body: JSON.stringify(body) };
  return await context.ask({ path, query: {}, post, ...limits }, { headers });
}

/** A new token for each request: there are few, and one lasts only a quarter of an hour. */
async function tokenOf({ settings, askElsewhere }: StandInContext): Promise<string> {
  const [username = '', password = ''] = [settings[USER], settings[PASSWORD]];
  const form = { client_id: 'tp-fms-public', grant_type: 'password', username, password };
  const { body } = await askElsewhere(settings[TOKENS] ?? TOKEN_HOST, {
    path: '/realms/tp/protocol/openid-connect/token',
    query: {},
    post: {
      contentType: 'application/x-www-form-urlencoded',
      body: String(new URLSearchParams(form)),
      secrets: [password, username],
    },
    ...LIST,
  }).catch((error: unknown) => {
    throw refused(error);
  });
  const { access_token: token } = parsed(new TextDecoder().decode(body));
  if (typeof token === 'string' && /^[!-~]+$/.test(token)) return token;
  throw new Failure('ANSWER_BROKEN', `${settings[TOKENS] ?? TOKEN_HOST} gave no access_token`);
}

function refused(error: unknown): unknown {
  if (!(error instanceof Failure) || error.code !== 'REQUEST_REFUSED') return error;
  const hint = `set ${USER} and ${PASSWORD} right; passwords of the platform end after 183 days`;
  return new Failure('REQUEST_REFUSED', `${error.message}: ${hint}`, { cause: error });
}
