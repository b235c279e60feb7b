/**
 * Where definitions are: the folder of this file, and folders or packages that a setting names. In each, `<source>/<dataset>.ts` (or `.js`)
 * with a default export is a dataset, and `<source>/<dataset>.sql` beside it is its own SQL. Other files only support these.
 */
import { access, constants, readdir, stat } from 'node:fs/promises';
import { createRequire, register } from 'node:module';
import { dirname, extname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The bundled datasets. */
export const BUNDLED = fileURLToPath(new URL('.', import.meta.url));
/** `.ts` when run from source, `.js` when compiled. */
const OWN_FORM = extname(import.meta.url);
/** What authors import, and its path. */
const LIBRARY = {
  tidemark: new URL(`../kit/index${OWN_FORM}`, import.meta.url).href,
  'tidemark/testing': new URL(`../kit/testing/index${OWN_FORM}`, import.meta.url).href,
};

/** A file with its path below a folder: `jao-core/max-exchanges.ts`. */
export interface PlacedFile {
  readonly name: string;
  readonly path: string;
  /** Names the file in errors: without the folder for bundled ones. */
  readonly title: string;
}

/**
 * Resolves paths and packages to folders: a path is a folder, anything else a package with its datasets in its folder `datasets`.
 * @param places as the setting TIDEMARK_DATASETS has them; paths are relative to the working directory
 * @throws Error that names every one that cannot be read, and the hint
 */
export async function foldersOf(places: readonly string[]): Promise<string[]> {
  const faults: string[] = [];
  const folders: string[] = [];
  for (const place of places) {
    try {
      const folder = isPath(place) ? resolve(place) : join(packageFolder(place), 'datasets');
      if (!(await stat(folder)).isDirectory()) throw new Error(`${folder} is no folder`);
      await access(folder, constants.R_OK | constants.X_OK);
      folders.push(folder);
    } catch (error) {
      faults.push(`TIDEMARK_DATASETS names "${place}": ${reasonOf(error)}`);
    }
  }
  if (faults.length > 0) throw new Error(faults.join('\n'));
  if (folders.length > 0) await provideLibrary(await anyTypeScript(folders));
  return folders;
}

/** Files whose name has this form, one folder deep, ordered by name; links are followed. */
export async function filesBelow(folder: string, form: RegExp): Promise<PlacedFile[]> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.') && name !== 'node_modules');
  const files: PlacedFile[] = [];
  for (const name of names) {
    const inner = join(folder, name);
    if (!(await stat(inner)).isDirectory()) continue;
    for (const file of await readdir(inner)) {
      const path = join(inner, file);
      const title = folder === BUNDLED ? `${name}/${file}` : path;
      if (form.test(`${name}/${file}`)) files.push({ name: `${name}/${file}`, path, title });
    }
  }
  return files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

export function urlOf({ path }: PlacedFile): string {
  return pathToFileURL(path).href;
}

function isPath(place: string): boolean {
  return isAbsolute(place) || place.startsWith('.') || place.includes('\\');
}

/** Resolved from the working directory: that is where the package was installed. */
function packageFolder(name: string): string {
  return dirname(createRequire(join(process.cwd(), 'index.js')).resolve(`${name}/package.json`));
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'MODULE_NOT_FOUND')
    return 'no such package is installed; run "npm install" of it here, or write a folder as ./folder or /folder';
  if (code === 'ENOENT')
    return `there is no folder ${(error as NodeJS.ErrnoException).path}; make it, or leave it out`;
  if (code === 'EACCES')
    return `this user may not read ${(error as NodeJS.ErrnoException).path}; allow it with chmod or chown`;
  return message;
}

let isProvided = false;
let readsTypeScript = OWN_FORM === '.ts';

/**
 * Any import of `tidemark` gets this installation: a folder needs no copy of its own, and a package's copy is not used. The importing files
 * may be TypeScript, even if ours are compiled.
 * @param asTypeScript whether they may be; where all are JavaScript, a process takes 0.3 s less of a processor to start without it
 */
export async function provideLibrary(asTypeScript: boolean): Promise<void> {
  if (asTypeScript && !readsTypeScript) {
    readsTypeScript = true;
    (await import('tsx/esm/api')).register();
  }
  if (isProvided) return;
  isProvided = true;
  const hook = `const library = ${JSON.stringify(LIBRARY)};
    export const resolve = (specifier, context, next) =>
      next(Object.hasOwn(library, specifier) ? library[specifier] : specifier, context);`;
  register(`data:text/javascript,${encodeURIComponent(hook)}`);
}

/** Whether a dataset, or a file beside one, is TypeScript. What else they import, and is TypeScript, does not count. */
async function anyTypeScript(folders: readonly string[]): Promise<boolean> {
  const files = await Promise.all(folders.map((folder) => filesBelow(folder, /(?<!\.d)\.ts$/)));
  return files.flat().length > 0;
}
