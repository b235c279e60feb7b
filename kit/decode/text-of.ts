/** Bytes of an answer as text. Pure. */
import { AnswerRefused } from '../../domain/interpret/finding.ts';

/**
 * @param encoding a label of the WHATWG Encoding Standard
 * @throws AnswerRefused `not_utf8` for invalid UTF-8
 */
export function textOf(body: Uint8Array, encoding = 'utf-8'): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(body);
  } catch {
    throw new AnswerRefused(
      'not_utf8',
      `the answer is not ${encoding === 'utf-8' ? 'UTF-8' : encoding} text`,
    );
  }
}
