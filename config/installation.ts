/** Where this installation lies, and its version. Apart from the settings, which take longer to load than help takes to print. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this installation. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The version of this installation: `1.2.3`. */
export const { version: VERSION } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly version: string;
};
