/** What decoders of tables have in common: from the bytes of a response to points, and back to bytes for examples. */
import type { Decoded } from '../../domain/dataset/points.ts';
import type { Answer } from '../../domain/dataset/pull.ts';

/** What a decoder may need besides the bytes: the delivery day that was requested, which some bodies do not name. */
export type About = Pick<Answer, 'unit'>;

/** A value to be written into an example; times are milliseconds UTC. */
export interface ExamplePoint {
  readonly series: string;
  readonly startsAtMs: number;
  readonly value: number | null;
}

export interface TableDecoder {
  /** @throws AnswerRefused where the bytes are not such a table */
  (body: Uint8Array, about: About): Decoded;
  /** The points as the source would send them. */
  encode(points: readonly ExamplePoint[], about: About): Uint8Array;
  /** This many names of series that it can read. */
  names(count: number): readonly string[];
}

/** Whether a decoder can also write what it reads. */
export function canEncode(decode: unknown): decode is TableDecoder {
  return typeof decode === 'function' && typeof (decode as Partial<TableDecoder>).encode === 'function';
}
