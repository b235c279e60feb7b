/** A worker process and an API with ports, and a real Prometheus that scrapes both each second. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type RunningApi, serveApi } from '../../../api/server.ts';
import { ROOT } from '../../../config/installation.ts';
import { reconcileNotifySchedule } from '../../../temporal/notify-schedule.ts';
import { freePort } from '../../chaos/addresses.ts';
import { ALONE } from '../alone.ts';
import type { ApiEnvironment } from '../api/api-environment.ts';
import { settingsOf } from '../command.ts';
import { programOf, untilReady } from '../program.ts';
import { type Prometheus, startPrometheus } from './prometheus.ts';

export interface MonitoredSystem {
  readonly prometheus: Prometheus;
  /** Where the API serves. */
  readonly url: string;
  startWorker(): Promise<void>;
  /** Ends it as SIGTERM does. */
  stopWorker(): Promise<void>;
  startApi(): Promise<void>;
  stopApi(): Promise<void>;
  close(): Promise<void>;
}

/** @param rules text of rules, evaluated each second. */
export async function startMonitoredSystem(
  testEnv: ApiEnvironment,
  rules?: string,
): Promise<MonitoredSystem> {
  const metrics = `127.0.0.1:${await freePort()}`;
  const port = await freePort();
  let worker: ChildProcess | undefined;
  let api: RunningApi | undefined;
  const system = {
    url: `http://127.0.0.1:${port}`,
    async startWorker() {
      worker = spawnWorker(testEnv, metrics);
      await untilReady(worker);
    },
    async stopWorker() {
      if (worker?.kill('SIGTERM')) await once(worker, 'exit');
      worker = undefined;
    },
    async startApi() {
      api = await serveApi(testEnv.deps, { host: '127.0.0.1', port });
    },
    async stopApi() {
      await api?.close();
      api = undefined;
    },
  };
  await Promise.all([system.startWorker(), system.startApi(), reconcileNotifySchedule(testEnv.temporal)]);
  const prometheus = await startPrometheus(configurationOf(new URL(system.url).host, metrics), rules);
  return {
    ...system,
    prometheus,
    async close() {
      await prometheus.close();
      await system.stopApi();
      await system.stopWorker();
    },
  };
}

function spawnWorker(testEnv: ApiEnvironment, metrics: string): ChildProcess {
  const { PATH = '', HOME = '' } = process.env;
  return spawn(process.execPath, programOf('workers/main'), {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH,
      HOME,
      ...ALONE,
      ...settingsOf(testEnv),
      LOG_LEVEL: 'error',
      WORKER_METRICS_ADDRESS: metrics,
    },
  });
}

function configurationOf(api: string, worker: string): string {
  return `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [rules.yml]
scrape_configs:
  - { job_name: tidemark-api, static_configs: [{ targets: ["${api}"] }] }
  - { job_name: tidemark-worker, static_configs: [{ targets: ["${worker}"] }] }
`;
}
