/** What the command has of the world around it, so that it runs in a process of its own or inside another. */
import type { Readable, Writable } from 'node:stream';
import type { Environment } from '../config.ts';

export interface Io {
  readonly env: Environment;
  /** Where relative paths begin. */
  readonly folder: string;
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
}

/** Text goes here; a terminal says so, and how wide it is. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };
