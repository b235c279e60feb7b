/** Loading files in tests: a test environment with a folder of its own, lines every ten minutes, and what a rebuild would differ in. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadFileInput, LoadProgress } from '../../domain/files/load.ts';
import { startLoad } from '../../temporal/loads.ts';
import { startRebuild } from '../../temporal/rebuilds.ts';
import {
  openTestEnvironment,
  type TestEnvironment,
  type TestEnvironmentOptions,
} from './test-environment.ts';

export const DATASET = 'swissgrid.stresstest-frequency';
/** What it is read from in SQL. */
export const RELATION = 'swissgrid.stresstest_frequency';
export const STEP_MS = 600_000;

export interface Loading {
  readonly testEnv: TestEnvironment;
  /** What was unpacked, downloaded or read from standard input lies here. */
  readonly texts: string;
  /** Writes a new file. */
  fileOf(content: string | Buffer, extension?: string): string;
  load(file: string, more?: Partial<LoadFileInput>): Promise<LoadProgress>;
  /** What a rebuild of these days says that it would change. */
  differences(from: string, to: string, dataset?: string): Promise<string>;
  close(): Promise<void>;
}

/** A database, Temporal and a worker of which every file of a test has its own. */
export async function openLoading(options: TestEnvironmentOptions = {}): Promise<Loading> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-load-'));
  const texts = join(folder, 'texts');
  const testEnv = await openTestEnvironment({ filesFolder: texts, ...options });
  await testEnv.startWorker();
  let files = 0;
  return {
    testEnv,
    texts,
    fileOf: (content, extension = 'csv') => {
      files += 1;
      const path = join(folder, `${files}.${extension}`);
      writeFileSync(path, content);
      return path;
    },
    load: async (file, more = {}) =>
      await (await startLoad(testEnv.temporal, { dataset: DATASET, file, ...more })).result(),
    differences: async (from, to, dataset = DATASET) => {
      const rebuild = await startRebuild(testEnv.temporal, { dataset, from, to, dryRun: true });
      const { summary, differences, errors } = await rebuild.result();
      return `${summary} ${JSON.stringify([differences, errors])}`;
    },
    close: async () => {
      await testEnv.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Lines every ten minutes from local midnight of a winter day (UTC+1) on. */
export function linesOf(
  day: string,
  days: number,
  valueAt: (n: number) => number | string = (n) => 50 + n / 1e5,
): string[] {
  const startMs = Date.parse(`${day}T00:00:00+01:00`);
  return Array.from({ length: days * 144 }, (_, n) => {
    const instant = new Date(startMs + n * STEP_MS).toISOString().slice(0, 19);
    return `${instant}Z,${valueAt(n)}`;
  });
}

export const textOf = (lines: readonly string[]): string => `${lines.join('\n')}\n`;
