/** The files of an HTTP index, a page with links, as their server describes them now. */
import { request } from 'undici';
import { type FoundFiles, isFoundName, type SeenFile } from '../../domain/files/found-files.ts';
import { Failure } from '../../domain/workflow/failures.ts';

const LINK = /<a\s[^>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/gi;
const MOST_BYTES = 8 * 1024 * 1024;
const PATIENCE = { headersTimeout: 30_000, bodyTimeout: 30_000 };

/** @throws Failure SOURCE_UNREACHABLE, SOURCE_ERROR, BAD_INPUT */
export async function listIndex(index: string, found: FoundFiles): Promise<SeenFile[]> {
  const seen: SeenFile[] = [];
  // One request at a time, to spare the server.
  for (const location of linksOf(await pageOf(index), index, found)) {
    const signature = await signatureOfAddress(location);
    if (signature !== null) seen.push({ location, signature });
  }
  return seen;
}

/** Links to files below the index: others may lead anywhere. */
function linksOf(page: string, index: string, found: FoundFiles): string[] {
  const below = new URL('.', index).href;
  const links = [...page.matchAll(LINK)].flatMap(([, double, single, bare]) => {
    const href = (double ?? single ?? bare ?? '').replaceAll('&amp;', '&');
    if (!URL.canParse(href, index)) return [];
    const { href: address, pathname } = new URL(href, index);
    const name = decodeName(pathname.slice(pathname.lastIndexOf('/') + 1));
    return address.startsWith(below) && isFoundName(found, name) ? [address.replace(/#.*/, '')] : [];
  });
  return [...new Set(links)];
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

async function pageOf(index: string): Promise<string> {
  const { statusCode, body } = await ask(index, 'GET');
  if (statusCode !== 200) {
    await body.dump();
    throw new Failure(
      statusCode >= 500 ? 'SOURCE_ERROR' : 'BAD_INPUT',
      `${index} answered ${statusCode}: no index`,
    );
  }
  let page = '';
  for await (const chunk of body) {
    page += String(chunk);
    if (page.length > MOST_BYTES) throw new Failure('BAD_INPUT', `${index} is too large for an index`);
  }
  return page;
}

/**
 * The signature of a file by its response headers; null where there is none now.
 * @throws Failure BAD_INPUT when no header would reveal a change
 */
export async function signatureOfAddress(address: string): Promise<string | null> {
  const { statusCode, headers, body } = await ask(address, 'HEAD');
  await body.dump();
  if (statusCode >= 500) throw new Failure('SOURCE_ERROR', `${address} answered ${statusCode}`);
  if (statusCode !== 200) return null;
  const parts = ['etag', 'last-modified', 'content-length'].flatMap((name) =>
    headers[name] === undefined ? [] : [`${name} ${headers[name]}`],
  );
  if (parts.length > 0) return parts.join(', ');
  throw new Failure(
    'BAD_INPUT',
    `${address} says neither ETag nor Last-Modified nor Content-Length: whether it changed cannot be told`,
  );
}

async function ask(address: string, method: 'GET' | 'HEAD') {
  return await request(address, { method, ...PATIENCE }).catch((error: Error) => {
    throw new Failure('SOURCE_UNREACHABLE', `${address}: ${error.message}`, { cause: error });
  });
}
