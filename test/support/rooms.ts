/** The folders of the product's sources, as the rules about them see them. */
import { fileURLToPath } from 'node:url';

/** Where the repository begins. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export const ROOMS: readonly string[] = [
  'domain',
  'kit',
  'datasets',
  'workflows',
  'db',
  'activities',
  'notify',
  'temporal',
  'workers',
  'cli',
  'api',
  'scripts/start',
  'simulator',
];
