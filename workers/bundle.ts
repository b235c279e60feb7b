/**
 * The workflow bundle: built once per state of the workflow code, so that a worker is ready without bundling. The file's
 * name carries a hash of everything that goes into it; a stale bundle is never taken for a fresh one.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** `.ts` where the sources run, `.js` where they were compiled. */
const OWN_FORM = extname(import.meta.url);
const ENTRY = `${ROOT}workflows/index${OWN_FORM}`;
const PAYLOAD_CONVERTER = `${ROOT}workflows/payload-converter${OWN_FORM}`;
/** What a module imports or passes on from a file beside it, types apart. */
const IMPORTED = /^(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?['"](\.[^'"]+)['"]/gm;

export interface BundleOptions {
  /** Where the file lies. @default dist/ */
  readonly folder?: string;
  /** A module of workflow interceptors that goes into the bundle. @default none */
  readonly interceptors?: string;
}

/** The workflows of a worker that traces. */
export const TRACED: BundleOptions = { interceptors: `${ROOT}workflows/tracing/interceptors${OWN_FORM}` };

export interface WorkflowBundle {
  readonly codePath: string;
  /** The same for the same workflow code on every machine: the version of a worker that has versions. */
  readonly buildId: string;
}

/** The bundle's file; builds it where it is missing. Several may do so at once, in one process too. */
export async function workflowBundle(options: BundleOptions = {}): Promise<WorkflowBundle> {
  const { folder = `${ROOT}dist`, interceptors } = options;
  const buildId = await sourceHash(interceptors);
  const codePath = `${folder}/workflows-${buildId}.js`;
  if (!existsSync(codePath)) {
    const { code } = await bundleWorkflowCode({
      workflowsPath: ENTRY,
      payloadConverterPath: PAYLOAD_CONVERTER,
      workflowInterceptorModules: interceptors === undefined ? [] : [interceptors],
      logger: silent,
    });
    await mkdir(folder, { recursive: true });
    const unfinished = `${codePath}.${randomUUID()}`;
    await writeFile(unfinished, code);
    await rename(unfinished, codePath);
  }
  return { codePath, buildId };
}

/** What no workflow reaches makes no new version. */
async function sourceHash(interceptors: string | undefined): Promise<string> {
  const hash = createHash('sha256').update(sdkVersion());
  for (const [file, text] of await bundledSources(interceptors)) hash.update(`${file}\0`).update(text);
  return hash.digest('hex').slice(0, 16);
}

/** The sources that go into the bundle, in order of their paths from the root. */
export async function bundledSources(interceptors?: string): Promise<[file: string, text: string][]> {
  const sources = new Map<string, string>();
  const collect = async (file: string): Promise<void> => {
    const name = relative(ROOT, file);
    if (sources.has(name)) return;
    const text = await readFile(file, 'utf8');
    sources.set(name, text);
    for (const [, path = ''] of text.matchAll(IMPORTED)) await collect(join(dirname(file), path));
  };
  for (const entry of [ENTRY, PAYLOAD_CONVERTER, ...(interceptors ? [interceptors] : [])])
    await collect(entry);
  return [...sources].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function sdkVersion(): string {
  const { version } = createRequire(import.meta.url)('@temporalio/worker/package.json') as {
    version: string;
  };
  return version;
}

const ignore = () => {};
const silent = { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };
