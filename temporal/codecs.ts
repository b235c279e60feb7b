/**
 * Custom payload codecs (TIDEMARK_PAYLOAD_CODECS): encode inputs, results, memos and details before they are sent to Temporal, on
 * clients and workers alike, for example so that it stores only encrypted data.
 */
import { pathToFileURL } from 'node:url';
import type { DataConverter } from '@temporalio/client';

/**
 * @param path of an ES module that exports `payloadCodecs`, a list; undefined: none
 * @throws Error with the hint when it cannot be loaded or exports something else
 */
export async function loadCodecs(path: string | undefined): Promise<Pick<DataConverter, 'payloadCodecs'>> {
  if (path === undefined) return {};
  try {
    const { payloadCodecs } = (await import(pathToFileURL(path).href)) as DataConverter;
    if (Array.isArray(payloadCodecs) && payloadCodecs.every(isCodec)) return { payloadCodecs };
  } catch (error) {
    throw refusal(path, error instanceof Error ? error.message : String(error), error);
  }
  throw refusal(path, 'it exports no list payloadCodecs of objects with encode and decode');
}

function isCodec(codec: unknown): boolean {
  const { encode, decode } = (codec ?? {}) as Record<string, unknown>;
  return typeof encode === 'function' && typeof decode === 'function';
}

function refusal(path: string, reason: string, cause?: unknown): Error {
  return new Error(
    `TIDEMARK_PAYLOAD_CODECS names "${path}", which gives no codecs (${reason}): write the absolute path of an ES module that exports payloadCodecs`,
    { cause },
  );
}
