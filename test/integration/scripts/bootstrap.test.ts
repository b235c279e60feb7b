/** scripts/bootstrap.mjs in a folder of its own, with packages that need no registry. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../../scripts/bootstrap.mjs', import.meta.url));
const RUN = `const { bootstrap } = await import('./scripts/bootstrap.mjs'); await bootstrap();`;
const INSTALLING = 'Installing the npm packages';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tidemark bootstrap-'));
  for (const folder of ['scripts', 'dependency', 'tool']) mkdirSync(join(root, folder));
  copyFileSync(SCRIPT, join(root, 'scripts/bootstrap.mjs'));
  for (const name of ['dependency', 'tool']) write(`${name}/package.json`, { name, version: '1.0.0' });
  const [dependencies, devDependencies] = [{ dependency: 'file:dependency' }, { tool: 'file:tool' }];
  write('package.json', { name: 'clone', version: '1.0.0', dependencies, devDependencies });
  write('package-lock.json', {
    ...{ name: 'clone', version: '1.0.0', lockfileVersion: 3, requires: true },
    packages: {
      '': { name: 'clone', version: '1.0.0', dependencies, devDependencies },
      dependency: { version: '1.0.0' },
      'node_modules/dependency': { resolved: 'dependency', link: true },
      'node_modules/tool': { resolved: 'tool', link: true },
      tool: { version: '1.0.0', dev: true },
    },
  });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: unknown): void {
  writeFileSync(join(root, path), JSON.stringify(content));
}

function start(setup = '', variables: Record<string, string> = {}): ChildProcess {
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const command = [...assignments, process.execPath, '--input-type=module', '--eval', setup + RUN];
  return spawn('env', command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function outputOf(child: ChildProcess): Promise<string> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  await once(child, 'close');
  return output;
}

const has = (path: string): boolean => existsSync(join(root, 'node_modules', path));

/** An npm that works until it may end, and writes down when it ran. Returns the folder that it is in. */
function slowNpm(): string {
  const folder = join(root, 'bin');
  mkdirSync(folder);
  const script = `#!/bin/sh
mkdir -p node_modules; echo begin >> calls
while [ ! -e go ]; do sleep 0.05; done
echo end >> calls
`;
  writeFileSync(join(folder, 'npm'), script, { mode: 0o755 });
  return folder;
}

function npmCalls(): string[] {
  const calls = join(root, 'calls');
  return existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : [];
}

/** Some start npm three times, which takes seconds each where nothing else runs. */
const NPM_LIMIT_MS = 240_000;

describe('bootstrap', { timeout: NPM_LIMIT_MS }, () => {
  test('installs once, with development packages even in production, and is quiet after that', async () => {
    expect(await outputOf(start('', { NODE_ENV: 'production' }))).toContain(INSTALLING);
    expect(has('dependency') && has('tool')).toBe(true);
    expect(await outputOf(start())).toBe('');
  });

  test('installs again when the lock file changed, and when an install was cut off', async () => {
    await outputOf(start());
    writeFileSync(
      join(root, 'package-lock.json'),
      `${readFileSync(join(root, 'package-lock.json'), 'utf8')}\n`,
    );
    expect(await outputOf(start())).toContain(INSTALLING);
    rmSync(join(root, 'node_modules/.tidemark-lock'));
    expect(await outputOf(start())).toContain(INSTALLING);
  });

  test('installs once when two start at once', async () => {
    const outputs = await Promise.all([outputOf(start()), outputOf(start())]);
    expect(outputs.filter((output) => output.includes(INSTALLING))).toHaveLength(1);
    expect(has('.tidemark-lock')).toBe(true);
  });

  test('waits for an npm that outlives a start that was killed, instead of running beside it', async () => {
    const PATH = `${slowNpm()}:${process.env.PATH}`;
    const killed = start('', { PATH });
    await expect.poll(npmCalls).toEqual(['begin']);
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    const next = start('', { PATH });
    const [line] = (await once(next.stdout as Readable, 'data')) as [Buffer];
    expect(String(line)).toContain('Waiting for another start');
    // It looks five times a second; in one second it would have begun.
    await expect(vi.waitUntil(() => npmCalls().length > 1, { timeout: 1_000 })).rejects.toThrow('Timed out');
    writeFileSync(join(root, 'go'), '');
    expect(await outputOf(next)).toContain('Installed');
    expect(npmCalls()).toEqual(['begin', 'end', 'begin', 'end']);
  });

  test('leaves no stamp and gives the reason when npm fails', async () => {
    write('package.json', { name: 'clone', version: '1.0.0', dependencies: { absent: 'file:absent.tgz' } });
    const output = await outputOf(start());
    expect(output).toMatch(/npm .* ended with exit code \d+:.*absent/s);
    expect(has('.tidemark-lock')).toBe(false);
  });

  test('refuses an old Node in one sentence', async () => {
    const old = `Object.defineProperty(process.versions, 'node', { value: '20.18.3' });`;
    expect(await outputOf(start(old))).toMatch(/Tidemark needs Node 20\.19 or newer; this is 20\.18\.3/);
    expect(has('.tidemark-lock')).toBe(false);
  });
});
