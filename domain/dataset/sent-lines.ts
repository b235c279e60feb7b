/** The contract of lines: how one that is sent, or stands in a file of records, is sorted to its unit of work before it is decoded. */

/** Neither function throws for what the source sent. */
export interface SentLines {
  /** Whether the first line names the columns of the others. Each payload of them begins with it. */
  isHeader(line: string): boolean;
  /** Milliseconds UTC; undefined when the line has no instant that can be: then it belongs to the day it came on. */
  instantOf(line: string, header: string | undefined): number | undefined;
  /** Set where lines tell of persons: then one of them can be erased. */
  readonly person?: {
    /** The field of a record that says who. */
    readonly field: string;
    /** Who a line tells of; null when of nobody, undefined when it cannot be read. Does not throw. */
    of(line: string, header: string | undefined): string | null | undefined;
  };
}
