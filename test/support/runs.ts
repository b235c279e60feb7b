/**
 * How many cases a property that needs a database is asked for. TIDEMARK_TEST_RUNS asks for others, to search deeper than a run
 * of all tests has time for.
 */
export function runs(usual: number): number {
  return Number(process.env.TIDEMARK_TEST_RUNS ?? usual);
}
