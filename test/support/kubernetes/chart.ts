/** The chart: its files, and what Helm makes of it. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { ROOT } from '../../../config/installation.ts';
import { runCommand } from '../../../scripts/start/machine/run-command.ts';
import { kubernetesProgram } from './programs.ts';

export const CHART = join(ROOT, 'deploy/helm/tidemark');

/** Values files of the chart, beside its own defaults. */
export const VALUES_FILES = readdirSync(join(CHART, 'ci')).map((name) => join(CHART, 'ci', name));

/** What a file of the chart says. */
export function chartFile(name: string): Record<string, never> {
  return parse(readFileSync(join(CHART, name), 'utf8')) as Record<string, never>;
}

/** Text of a template, or of all of them. */
export function templates(): Record<string, string> {
  const folder = join(CHART, 'templates');
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

/** Runs Helm. @throws Error with the last lines that it printed. */
export async function helm(...args: string[]): Promise<string> {
  return runCommand([await kubernetesProgram('helm'), ...args]);
}

/** @param values paths of values files. */
export function rendered(chart: string, version: string, values: readonly string[] = []): Promise<string> {
  const files = values.flatMap((path) => ['--values', path]);
  return helm('template', 'desk', chart, '--namespace', 'data', '--kube-version', version, ...files);
}

export interface Resource {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, never>> & { readonly template?: { readonly spec: Pod } };
}

export interface Pod {
  readonly automountServiceAccountToken: boolean;
  readonly enableServiceLinks: boolean;
  readonly securityContext: object;
  readonly containers: readonly Container[];
}

export interface Container {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly securityContext: object;
  readonly [probe: `${string}Probe`]: { readonly httpGet: { readonly path: string; readonly port: string } };
}

export function resourcesOf(manifest: string): Resource[] {
  return parseAllDocuments(manifest).map((document) => document.toJS() as Resource);
}

/** Everything of a manifest that runs, one container each. */
export function containersOf(manifest: string): Container[] {
  return resourcesOf(manifest).flatMap(({ spec }) => spec.template?.spec.containers ?? []);
}

/** Does something with a copy of the chart of which one file is another. */
export async function withBroken<Result>(
  file: string,
  change: (text: string) => string,
  work: (chart: string) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-chart-'));
  try {
    cpSync(CHART, folder, { recursive: true });
    const before = readFileSync(join(folder, file), 'utf8');
    const after = change(before);
    if (after === before) throw new Error(`nothing was changed in ${file}`);
    writeFileSync(join(folder, file), after);
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
