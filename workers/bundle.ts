/**
 * The workflow bundle: built once per state of the workflow code, so that a worker is ready without bundling. The file's
 * name carries a hash of everything that goes into it; a stale bundle is never taken for a fresh one.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** `.ts` where the sources run, `.js` where they were compiled. */
const OWN_FORM = extname(import.meta.url);
const ENTRY = `${ROOT}workflows/index${OWN_FORM}`;
const PAYLOAD_CONVERTER = `${ROOT}workflows/payload-converter${OWN_FORM}`;
/** What the bundle is made from. */
const FOLDERS = ['workflows', 'domain'];

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

async function sourceHash(interceptors: string | undefined): Promise<string> {
  const hash = createHash('sha256').update(sdkVersion());
  for (const folder of FOLDERS) {
    const found = await readdir(`${ROOT}${folder}`, { recursive: true });
    for (const file of found.filter((name) => name.endsWith(OWN_FORM)).toSorted()) {
      hash.update(`${folder}/${file}\0`).update(await readFile(`${ROOT}${folder}/${file}`));
    }
  }
  if (interceptors !== undefined) hash.update(`${interceptors}\0`).update(await readFile(interceptors));
  return hash.digest('hex').slice(0, 16);
}

function sdkVersion(): string {
  const { version } = createRequire(import.meta.url)('@temporalio/worker/package.json') as {
    version: string;
  };
  return version;
}

const ignore = () => {};
const silent = { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };
