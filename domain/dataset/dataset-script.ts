/** SQL of a dataset's own, which lies beside its definition: `datasets/<source>/<dataset>.sql`. */
export interface DatasetScript {
  /** Id of the dataset whose relations it builds on. */
  readonly dataset: string;
  /**
   * Statements that do no harm when repeated (`create or replace`, `on conflict do nothing`), with every name qualified by its
   * schema and every grant stated. They run as the owner of the schemas, in one transaction.
   */
  readonly text: string;
}
