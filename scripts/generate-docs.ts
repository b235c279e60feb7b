/**
 * Writes docs/reference/ and api/openapi.json from the code: `npm run docs`. With `--check` it writes nothing and exits 1 when a page is
 * out of date. The pages contain nothing that is not in the code.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { ROOT } from '../config/installation.ts';
import { commandsPage } from './docs/commands.ts';
import { datasetsPage } from './docs/datasets.ts';
import { openApiDocument } from './docs/openapi.ts';
import { assertRulesExplained } from './docs/rules.ts';
import { settingsPage } from './docs/settings.ts';
import { statesPage } from './docs/states.ts';

const FOLDER = 'docs/reference';

const PAGES: Readonly<Record<string, () => string | Promise<string>>> = {
  'commands.md': commandsPage,
  'datasets.md': datasetsPage,
  'settings.md': settingsPage,
  'states.md': statesPage,
};

/** Besides the pages: the OpenAPI document, which programs read from the code folder. */
const OPENAPI = 'api/openapi.json';

async function main(args: readonly string[]): Promise<number> {
  await assertRulesExplained();
  const outdated: string[] = [];
  for (const [name, make] of Object.entries(PAGES)) {
    const file = `${FOLDER}/${name}`;
    const text = await make();
    if (text !== (await read(file))) outdated.push(file);
    if (!args.includes('--check')) await write(file, text);
  }
  const document = await openApiDocument();
  if (document !== (await read(OPENAPI))) outdated.push(OPENAPI);
  if (!args.includes('--check')) await writeFile(`${ROOT}${OPENAPI}`, document);
  const strangers = (await readdir(`${ROOT}${FOLDER}`)).filter((name) => !(name in PAGES));
  if (strangers.length > 0) throw new Error(`nothing generates ${strangers.join(', ')} in ${FOLDER}`);
  return report(outdated, args.includes('--check'));
}

function report(outdated: readonly string[], check: boolean): number {
  for (const file of outdated) console.log(check ? `${file} is out of date` : `${file} was written`);
  if (check && outdated.length > 0) console.log('hint: npm run docs');
  return check && outdated.length > 0 ? 1 : 0;
}

async function read(file: string): Promise<string | undefined> {
  return await readFile(`${ROOT}${file}`, 'utf8').catch(() => undefined);
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(`${ROOT}${FOLDER}`, { recursive: true });
  await writeFile(`${ROOT}${file}`, text);
}

process.exitCode = await main(process.argv.slice(2));
