/** A dataset's own SQL, beside its definition: `datasets/<source>/<dataset>.sql`. */
export interface DatasetScript {
  /** Id of the dataset whose relations it builds on. */
  readonly dataset: string;
  /**
   * Idempotent statements (`create or replace`, `on conflict do nothing`), with every name qualified by its schema and every grant stated.
   * They run as the owner of the schemas, in one transaction.
   */
  readonly text: string;
}
