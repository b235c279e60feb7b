/**
 * apt used as a library: package lists and downloads of our own, from the machine's own sources, with its signature
 * checks. Nothing is installed on the system, so no privileges are needed. Nothing that is installed counts as
 * present either (Dir::State::status), so that every machine gets the same packages whatever it has.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

export interface Apt {
  /** Fetches the package lists. Rejects when one of them could not be had; the others are there. */
  update(): Promise<void>;
  /** Names of the packages whose name matches the extended regular expression. */
  search(pattern: string): Promise<string[]>;
  /** These packages and everything they depend on, without recommendations. */
  closureOf(packages: readonly string[]): Promise<string[]>;
  /** Downloads packages into a folder; returns the paths of the files. */
  download(packages: readonly string[], folder: string): Promise<string[]>;
  /** Downloads the files of a source package into a folder. */
  downloadSource(sourcePackage: string, folder: string): Promise<string[]>;
  /** The places from which the machine takes packages of this distribution, as in its sources. */
  repositoriesOf(origin: string): Promise<string[]>;
}

/**
 * @param dir a folder of ours, without blanks in its path.
 * @param sourcesFile apt sources in place of the machine's own.
 */
export function openApt(dir: string, logFile: string, sourcesFile?: string): Apt {
  for (const part of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(join(dir, part), { recursive: true });
  const options = [
    `Dir::State::lists=${dir}/lists`,
    `Dir::Cache=${dir}/cache`,
    'Dir::State::status=/dev/null',
    'Debug::NoLocking=1',
    'APT::Get::Assume-Yes=1',
    'APT::Install-Recommends=0',
    'Acquire::Languages=none',
    'Acquire::Retries=2',
    'APT::Update::Error-Mode=any',
    'Acquire::http::Timeout=20',
    'Acquire::https::Timeout=20',
    ...(sourcesFile ? [`Dir::Etc::sourcelist=${sourcesFile}`, 'Dir::Etc::sourceparts=/dev/null'] : []),
  ].flatMap((option) => ['-o', option]);
  const run = (tool: string, args: readonly string[], cwd = dir): Promise<string> =>
    runCommand([tool, ...options, ...args], {
      ...{ cwd, logFile, variables: { LC_ALL: 'C' }, shownAs: [tool, ...args].join(' ') },
    });
  const fetchInto = async (folder: string, args: readonly string[]): Promise<string[]> => {
    mkdirSync(folder, { recursive: true });
    await run('apt-get', args, folder);
    return readdirSync(folder).map((name) => join(folder, name));
  };
  return {
    update: async () => {
      await run('apt-get', ['update']);
    },
    search: async (pattern) => {
      const lines = (await run('apt-cache', ['search', '--names-only', pattern])).trim().split('\n');
      return lines.map((line) => line.split(' ')[0] ?? '').filter((name) => name !== '');
    },
    closureOf: async (packages) => {
      const plan = await run('apt-get', ['install', '--simulate', ...packages]);
      return [...plan.matchAll(/^Inst (\S+) /gm)].map(([, name]) => name ?? '');
    },
    download: (packages, folder) => fetchInto(folder, ['download', ...packages]),
    downloadSource: (name, folder) => fetchInto(folder, ['source', '--download-only', name]),
    repositoriesOf: async (origin) => {
      const targets = [
        'indextargets',
        '--format',
        '$(REPO_URI)',
        'Created-By: Packages',
        `Origin: ${origin}`,
      ];
      return [...new Set((await run('apt-get', targets)).trim().split('\n'))].filter((uri) => uri !== '');
    },
  };
}
