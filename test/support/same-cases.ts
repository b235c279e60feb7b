/**
 * Set up before each file: properties are asked of the same cases in every run of all tests, so that none fails by chance.
 * TIDEMARK_TEST_RUNS searches deeper, among others each time.
 */
import fc from 'fast-check';

if (process.env.TIDEMARK_TEST_RUNS === undefined) fc.configureGlobal({ seed: 20261123 });
