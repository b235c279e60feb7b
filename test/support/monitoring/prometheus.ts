/** A real Prometheus: one on PATH, else the distribution's, unpacked once into the toolchain folder. Nothing is installed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from '../../chaos/addresses.ts';
import { debianTree } from '../debian-tree.ts';

/** The folder with `prometheus` and `promtool`. @throws Error when there is none and none can be had. */
export async function prometheusPrograms(): Promise<string> {
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .find((folder) => existsSync(join(folder, 'promtool')));
  if (onPath) return onPath;
  return join(await debianTree('prometheus'), 'usr/bin');
}

export interface Prometheus {
  readonly url: string;
  /** The result of a query, as its API answers. */
  query(text: string): Promise<{ status: string; error?: string; data: { result: unknown[] } }>;
  /** Alerts that fire now. */
  firing(): Promise<Alert[]>;
  close(): Promise<void>;
}

export interface Alert {
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Starts one with this configuration, which may name the file `rules.yml`. @param rules what that file has. */
export async function startPrometheus(configuration: string, rules = 'groups: []'): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-prometheus-'));
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, configuration);
  writeFileSync(join(folder, 'rules.yml'), rules);
  const port = await freePort();
  const args = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const child: ChildProcess = spawn(join(await prometheusPrograms(), 'prometheus'), args, {
    stdio: 'ignore',
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    query: async (text) =>
      (await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: text })}`)).json() as never,
    async firing() {
      const { data } = (await (await fetch(`${url}/api/v1/alerts`)).json()) as { data: { alerts: Alert[] } };
      return data.alerts.filter(({ state }) => state === 'firing');
    },
    async close() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
