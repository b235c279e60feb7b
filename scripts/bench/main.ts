/**
 * `npm run bench [-- NAME [OPTIONS]]`: the measurements behind the table of budgets in docs/performance.md, or one of them, each in
 * processes of its own. Nothing fails when a figure is bad.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** In the order in which they are run. */
const BENCHES = ['backfill', 'api', 'load', 'starts'];
/** Takes hours: only by name. */
const LONG = ['soak'];

function run(name: string, options: readonly string[]): number {
  const file = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  const program = [...process.execArgv, file, ...options];
  return spawnSync(process.execPath, program, { stdio: 'inherit' }).status ?? 1;
}

const [name, ...options] = process.argv.slice(2);
if (name === undefined) process.exit(Math.max(...BENCHES.map((each) => run(each, []))));
if (![...BENCHES, ...LONG].includes(name)) {
  console.error(`bench "${name}" is not known: write one of ${[...BENCHES, ...LONG].join(', ')}`);
  process.exit(2);
}
process.exit(run(name, options));
