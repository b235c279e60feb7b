/** Our processes that `npm start` runs: worker, API, and the command that loads history. */
import { join } from 'node:path';
import { ROOT } from '../../config/installation.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { ownProgram, runNodeProcess, type Stops, startNodeProcess } from './machine/node-process.ts';
import { choosePort } from './machine/ports.ts';
import type { Report } from './machine/run-command.ts';

export interface ProcessOptions {
  readonly settings: Readonly<Record<string, string>>;
  readonly stateDir: string;
  readonly stops: Stops;
  readonly report: Report;
  /** Called when one that should run has ended. */
  readonly onEnd: (what: string) => void;
}

export async function startWorker({
  settings,
  stateDir,
  stops,
  report,
  onEnd,
}: ProcessOptions): Promise<void> {
  const logFile = join(stateDir, 'logs', 'worker.log');
  const program = ownProgram('workers/main');
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

/** Where the page and API will listen, for this machine only. */
export async function choosePageUrl(
  { stateDir, report }: Pick<ProcessOptions, 'stateDir' | 'report'>,
  preferred: number,
): Promise<string> {
  const purpose = 'the page and API';
  const port = await choosePort({ purpose, preferred, file: join(stateDir, 'api.port'), report });
  return `http://127.0.0.1:${port}`;
}

/** Starts the API, open for reading. @param pageUrl from `choosePageUrl` @returns where it listens. */
export async function startApi(options: ProcessOptions, pageUrl: string): Promise<string> {
  const { settings, stateDir, stops, report, onEnd } = options;
  const logFile = join(stateDir, 'logs', 'api.log');
  const { hostname, port } = new URL(pageUrl);
  const api = await startNodeProcess({
    name: 'the API',
    stops,
    program: ownProgram('api/main'),
    root: ROOT,
    settings: { ...settings, HOST: hostname, PORT: port, API_ACCESS: 'open' },
    logFile,
  });
  void api.exited.then(() => onEnd(`the API (see ${logFile})`));
  const { url } = api.message as { url: string };
  report(`The page and API are at ${url} (log: ${logFile}).`);
  return url;
}

export interface DaysToLoad {
  readonly dataset: string;
  readonly from: CivilDay;
  readonly to: CivilDay;
}

/**
 * Loads days of a dataset in a separate process: the same command, progress bar and result that a person would get.
 * @param stopping aborted when everything is being stopped, the loading too
 */
export async function loadDays(
  { settings, stops, report }: Pick<ProcessOptions, 'settings' | 'stops' | 'report'>,
  days: DaysToLoad,
  stopping: AbortSignal,
): Promise<void> {
  const { dataset, from, to } = days;
  report(`Loading ${dataset} from ${from} to ${to}.`);
  const program = ['cli/tidemark.js', 'backfill', dataset, '--from', from, '--to', to, '--wait'];
  const exitCode = await runNodeProcess({ name: 'the loading', stops, program, root: ROOT, settings });
  if (exitCode !== 0 && !stopping.aborted)
    report(`Some days are not complete; polling goes on trying ("npx tidemark days ${dataset}").`);
}
