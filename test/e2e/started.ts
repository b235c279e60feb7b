/**
 * `npm start` as a person runs it, but in a state folder of its own: its servers, ports, databases and logs are apart from
 * those of a start by hand. Only the prepared programs are shared, because preparing them takes minutes.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../config/installation.ts';
import { placeForState } from '../../scripts/start/state-folder.ts';
import { psqlRows } from './psql-rows.ts';

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A state folder that `npm start` finds its programs in. */
export interface Home {
  readonly stateDir: string;
  remove(): void;
}

export async function makeHome(): Promise<Home> {
  const place = await placeForState(ROOT, { report: () => {} });
  const stateDir = mkdtempSync(join(place.serverDir, 'test e2e-'));
  chmodSync(stateDir, 0o755);
  const toolchain = join(stateDir, 'toolchain');
  mkdirSync(toolchain);
  for (const [program, folder] of [
    ['postgres', place.serverDir],
    ['temporal', place.stateDir],
  ] as const) {
    const prepared = join(folder, 'toolchain', program);
    if (existsSync(prepared)) symlinkSync(prepared, join(toolchain, program));
  }
  return { stateDir, remove: () => rmSync(stateDir, { recursive: true }) };
}

/** One `npm start` that is under way. */
export class Started {
  output = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  readonly #home: Home;

  constructor(home: Home, args: readonly string[], settings: NodeJS.ProcessEnv = {}) {
    this.#home = home;
    this.#child = spawn(process.execPath, ['scripts/start.mjs', ...args], {
      cwd: ROOT,
      env: environment(home, settings),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // Not before everything that it printed was read.
    this.#ended = once(this.#child, 'close').then(([code]) => code as number | null);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves when a text has been printed. @throws Error with the whole output when it ends before that. */
  async printed(text: string): Promise<void> {
    const seen = new Promise<'seen'>((resolve) => {
      const look = () => this.output.includes(text) && resolve('seen');
      this.#child.stdout?.on('data', look);
      look();
    });
    const first = await Promise.race([seen, this.#ended]);
    if (first !== 'seen' && !this.output.includes(text))
      throw new Error(`ended with ${first} before it printed "${text}":\n${this.output}`);
  }

  /** What it prints for a trader: the psql address. */
  get readerUrl(): string {
    return /psql "([^"]+)"/.exec(this.output)?.[1] ?? 'not printed';
  }

  /** A query as the trader. */
  rows<T>(text: string): Promise<T[]> {
    return psqlRows<T>(this.readerUrl, text);
  }

  tidemark(...args: string[]): Promise<Ended> {
    return new Promise((resolve) => {
      const options = { cwd: ROOT, env: environment(this.#home, {}) };
      const child = execFile(process.execPath, ['cli/tidemark.js', ...args], options, (_, stdout, stderr) =>
        resolve({ exitCode: child.exitCode, stdout, stderr }),
      );
    });
  }

  /** Resolves with the exit code; null when a signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    return this.#ended;
  }

  ended(): Promise<number | null> {
    return this.#ended;
  }
}

/** A process and everything that it or its children started. */
export function withDescendants(pid: number): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number));
  const found = [pid];
  for (const parent of found) {
    for (const [child, of] of pairs) if (of === parent && child) found.push(child);
  }
  return found;
}

/** No setting of the machine that runs the tests may reach the start: it would lead to somebody's real servers. */
function environment({ stateDir }: Home, settings: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = /^(TEMPORAL_|DATABASE_URL$|[A-Z]+_BASE_URL$|PG[A-Z]+$)/;
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(own), TIDEMARK_STATE_DIR: stateDir, ...settings };
}
