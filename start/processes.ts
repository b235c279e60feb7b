/** The processes of our own that `npm start` runs: worker, API, and the command that loads history. */
import { join } from 'node:path';
import { ROOT } from '../config.ts';
import { runNodeProcess, startNodeProcess } from './machine/node-process.ts';
import { choosePort } from './machine/ports.ts';
import type { Report } from './machine/run-command.ts';
import type { Stops } from './stops.ts';

export interface ProcessWish {
  readonly settings: Readonly<Record<string, string>>;
  readonly stateDir: string;
  readonly stops: Stops;
  readonly report: Report;
  /** Called when one that should run has ended. */
  readonly onEnd: (what: string) => void;
}

export async function startWorker({ settings, stateDir, stops, report, onEnd }: ProcessWish): Promise<void> {
  const logFile = join(stateDir, 'logs', 'worker.log');
  const program = ['--import', 'tsx/esm', 'workers/main.ts'];
  const worker = await startNodeProcess({
    name: 'the worker',
    stops,
    program,
    root: ROOT,
    settings,
    logFile,
  });
  void worker.exited.then(() => onEnd(`the worker (see ${logFile})`));
  report(`A worker is ready (log: ${logFile}).`);
}

/** For this machine only, and open for reading. @returns where it listens. */
export async function startApi(wish: ProcessWish, preferred: number): Promise<string> {
  const { settings, stateDir, stops, report, onEnd } = wish;
  const logFile = join(stateDir, 'logs', 'api.log');
  const purpose = 'the page and API';
  const port = await choosePort({ purpose, preferred, file: join(stateDir, 'api.port'), report });
  const api = await startNodeProcess({
    name: 'the API',
    stops,
    program: ['--import', 'tsx/esm', 'api/main.ts'],
    root: ROOT,
    settings: { ...settings, HOST: '127.0.0.1', PORT: String(port), API_ACCESS: 'open' },
    logFile,
  });
  void api.exited.then(() => onEnd(`the API (see ${logFile})`));
  const { url } = api.said as { url: string };
  report(`The page and API are at ${url} (log: ${logFile}).`);
  return url;
}

/**
 * Loads days of a dataset, in a process of its own: the same command, progress bar and result that a person would get.
 * @param told ends it before it is done
 */
export async function loadDays(
  { settings, report }: Pick<ProcessWish, 'settings' | 'report'>,
  { dataset, from, to }: { readonly dataset: string; readonly from: string; readonly to: string },
  told: AbortSignal,
): Promise<void> {
  report(`Loading ${dataset} from ${from} to ${to}.`);
  const program = ['cli/tidemark.js', 'backfill', dataset, '--from', from, '--to', to, '--wait'];
  const exitCode = await runNodeProcess({ program, root: ROOT, settings, signal: told });
  if (exitCode !== 0)
    report(`Some days are not complete; polling goes on trying ("npx tidemark days ${dataset}").`);
}
