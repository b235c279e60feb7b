/** The contract of lines: how one that is pushed, or read from a file of records, is sorted into its unit of work before it is decoded. */

/** Neither function throws for what the source sent. */
export interface SentLines {
  /** Whether the first line is a header. Each payload of its lines begins with it. */
  isHeader(line: string): boolean;
  /** Milliseconds UTC; undefined when the line has no valid instant: then it belongs to the day on which it arrived. */
  instantOf(line: string, header: string | undefined): number | undefined;
  /** Set where lines contain personal data: then a person can be erased. */
  readonly person?: {
    /** The field of a record that identifies the person. */
    readonly field: string;
    /** The person that a line is about; null if there is none, undefined when it cannot be read. Does not throw. */
    of(line: string, header: string | undefined): string | null | undefined;
  };
}
