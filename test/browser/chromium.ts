/**
 * A Chromium for the browser tests: one on PATH, else the distribution's, unpacked into a folder of ours the way the
 * private PostgreSQL is. Nothing is installed on the system. Its sandbox is off for root, who may not have one: nothing
 * but our own page is opened.
 */
import { chmodSync, constants, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { ROOT } from '../../config/installation.ts';
import { openApt } from '../../scripts/start/machine/apt.ts';
import { runCommand } from '../../scripts/start/machine/run-command.ts';
import { unpack } from '../../scripts/start/postgres/timescaledb-build.ts';

/** The one without windows first: it takes half the processor time of the others. */
const HEADLESS = 'chromium-headless-shell';
const NAMES = [HEADLESS, 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The machine's own C library must stay the only one; the rest is for desktops and graphics cards. */
const NOT_NEEDED =
  /^(libc6|libc-.*|libcrypt1|gcc-.*-base|perl.*|dpkg|tar|debconf.*|.*-icon-theme|systemd.*|udev|libllvm.*|libz3-.*|.*-mesa-dri)$/;

interface Program {
  readonly executablePath: string;
  readonly env?: Record<string, string>;
}

/** The first start reads some hundred megabytes. */
const LAUNCH_LIMIT_MS = 180_000;

let shared: Promise<Browser> | undefined;

/**
 * The Chromium of this process, which ends with it. Who takes it opens a context, which shares nothing with others.
 * @throws Error with the choices when there is none and none can be had.
 */
export function sharedChromium(): Promise<Browser> {
  shared ??= openChromium();
  return shared;
}

async function openChromium(): Promise<Browser> {
  const program = (await onPath()) ?? (await unpacked());
  // Drawn without a process that stands in for a graphics card: a tenth less processor time.
  const args = ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  return await chromium.launch({ ...program, args, timeout: LAUNCH_LIMIT_MS });
}

async function onPath(): Promise<Program | undefined> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const executablePath of folders.flatMap((folder) => NAMES.map((name) => join(folder, name)))) {
    const runs = await access(executablePath, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return { executablePath };
  }
  return undefined;
}

/** Once for all runs: in the state folder, beside the other programs that were fetched. */
async function unpacked(): Promise<Program> {
  const toolchain = join(ROOT, '.tidemark', 'toolchain');
  const tree = join(toolchain, 'chromium');
  if (!existsSync(tree)) await fetchTree(toolchain, tree);
  const programs = join(tree, 'usr/lib/chromium');
  const executablePath = [HEADLESS, 'chromium'].map((name) => join(programs, name)).find(existsSync);
  if (!executablePath) throw missing(`${programs} has none; remove ${tree} to have it fetched again`);
  const libraries = (await runCommand(['find', tree, '-name', '*.so*', '-printf', '%h\n'])).split('\n');
  // libpulse looks for a part of itself at a path of the system.
  const folders = [...new Set(libraries)].filter((folder) =>
    /\/lib\/[^/]*-linux-gnu[^/]*(\/pulseaudio)?$/.test(folder),
  );
  return {
    executablePath,
    env: { ...variables(), LD_LIBRARY_PATH: folders.join(':'), FONTCONFIG_SYSROOT: tree },
  };
}

function variables(): Record<string, string> {
  const given = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return Object.fromEntries(given);
}

async function fetchTree(toolchain: string, tree: string): Promise<void> {
  mkdirSync(toolchain, { recursive: true });
  // apt and dpkg do not survive blanks in a path, and apt downloads under an account of its own.
  const dir = mkdtempSync(join(tmpdir(), 'tidemark-chromium-'));
  chmodSync(dir, 0o755);
  const draft = `${tree}.${process.pid}`;
  try {
    console.log('· No Chromium is on PATH: unpacking the distribution’s into a folder of ours, once.');
    const apt = openApt(join(dir, 'apt'), join(toolchain, 'chromium.log'));
    await apt.update();
    // Distributions of before 2025 do not have it apart.
    const [name = 'chromium'] = await apt.search(`^${HEADLESS}$`);
    const packages = (await apt.closureOf([name])).filter((each) => !NOT_NEEDED.test(each));
    await unpack(await apt.download(packages, join(dir, 'packages')), draft);
    takeInto(draft, tree);
  } catch (error) {
    throw missing((error as Error).message);
  } finally {
    for (const left of [dir, draft]) rmSync(left, { recursive: true, force: true });
  }
}

/** Another test file may have unpacked it meanwhile: the first one stays, and both go on. */
function takeInto(draft: string, tree: string): void {
  try {
    renameSync(draft, tree);
  } catch (error) {
    if (!existsSync(tree)) throw error;
  }
}

function missing(why: string): Error {
  return new Error(
    `the browser tests need a Chromium: none of ${NAMES.join(', ')} is on PATH, and apt gave none (${why}). ` +
      'Cure: install the package "chromium", or put a Chrome on PATH.',
  );
}
