/**
 * Installs the npm packages of package-lock.json if they are missing. Runs before anything else, so it is plain JavaScript without
 * dependencies.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** Written after a complete install; npm removes it with the rest of the folder when it starts again. */
const STAMP = join(ROOT, 'node_modules', '.tidemark-lock');
const LOCK = join(ROOT, '.tidemark', 'install.lock');
const OLDEST_NODE = [20, 19];
const POLL_MS = 200;
const QUOTED_LINES = 12;
const CURE = 'Tidemark needs the npm registry once, or a node_modules that was made elsewhere.';

/**
 * Checks Node and installs what is missing. Quiet when there is nothing to do. Concurrent calls install once.
 * @throws {Error} with the hint when Node is too old or the packages cannot be installed.
 */
export async function bootstrap() {
  checkNode();
  if (isInstalled()) return;
  await withLock(async () => {
    if (!isInstalled()) await install();
  });
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Error(
    `Tidemark needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node} (${process.execPath}).`,
  );
}

function isInstalled() {
  return read(STAMP) === expectedStamp();
}

/** What an install depends on: the lock file, and whatever selects native packages. */
function expectedStamp() {
  const hash = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
  return `${hash} node ${process.versions.node.split('.')[0]} ${process.platform}-${process.arch}\n`;
}

async function install() {
  if (lstatSync(join(ROOT, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink())
    throw new Error(
      `${join(ROOT, 'node_modules')} is a link and not what package-lock.json asks for. Installing would empty the folder behind ` +
        'it: remove the link, or run "npm ci" where that folder belongs.',
    );
  const stamp = expectedStamp();
  const started = Date.now();
  console.log('Installing the npm packages of package-lock.json; a minute or so the first time.');
  rmSync(STAMP, { force: true });
  let { ending, output } = await npm('ci');
  if (output.includes('EUSAGE')) {
    // A registry that does not serve every platform's packages leaves them out of the lock file, and npm ci refuses it.
    rmSync(join(ROOT, 'node_modules'), { recursive: true, force: true });
    ({ ending, output } = await npm('install', '--no-save'));
  }
  if (ending !== undefined) throw new Error(`npm ${ending}:\n${firstLines(output)}\n${CURE}`);
  writeFileSync(STAMP, stamp);
  console.log(`Installed the npm packages in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/**
 * Development packages too, whatever NODE_ENV says: npm start runs the TypeScript sources. Resolves with the output and, unless it
 * succeeded, with how it ended.
 */
async function npm(...command) {
  const args = [...command, '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  let output = '';
  const ending = await new Promise((resolve) => {
    const child = spawn('npm', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    // After Ctrl-C npm cleans up for some seconds: it holds the lock as long as it lives, even when we do not.
    writeFileSync(LOCK, `${process.pid} ${child.pid ?? process.pid}`);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.once('error', (error) => resolve(`could not be started (${error.message})`));
    child.once('close', (code, signal) =>
      resolve(code === 0 ? undefined : `${command[0]} ended with ${signal ?? `exit code ${code}`}`),
    );
  });
  return { ending, output };
}

/** npm prints the reason first and its usage after it. */
function firstLines(text) {
  return text.trimEnd().split('\n').slice(0, QUOTED_LINES).join('\n');
}

async function withLock(work) {
  mkdirSync(dirname(LOCK), { recursive: true });
  for (let announced = false; !take(); announced = true) {
    if (!announced) console.log('Waiting for another start that installs the npm packages.');
    await delay(POLL_MS);
  }
  try {
    await work();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

function take() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    // Empty: its holder is about to write. If the process is gone: free at the next try.
    const holders = read(LOCK)?.split(' ').map(Number);
    if (holders?.[0] && !holders.some(isAlive)) rmSync(LOCK, { force: true });
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    // A zombie counts as dead: in a container it may never be reaped.
    return !read(`/proc/${pid}/stat`)?.includes(') Z ');
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
