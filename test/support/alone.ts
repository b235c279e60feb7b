/**
 * The environment of processes that tests start: nothing of what runs on this machine, and the datasets that the suite has
 * (vitest.config.ts), compiled where the programs are.
 */
import { compiledForm } from './program.ts';

const { TIDEMARK_DATASETS: given = '', TIDEMARK_ENABLED = '', ACME_BASE_URL = '' } = process.env;
const TIDEMARK_DATASETS = given && compiledForm(given);

export const ALONE = {
  TIDEMARK_STATE_DIR: '/nowhere',
  TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml',
  TIDEMARK_DATASETS,
  TIDEMARK_ENABLED,
  ACME_BASE_URL,
};
