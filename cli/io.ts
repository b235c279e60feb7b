/** The command's environment, so that it can run in its own process or inside another. */
import type { Readable, Writable } from 'node:stream';
import type { Environment } from '../config/config.ts';

export interface Io {
  readonly env: Environment;
  /** Where relative paths begin. */
  readonly folder: string;
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
}

/** Where text goes, and whether that is a terminal of which width. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };
