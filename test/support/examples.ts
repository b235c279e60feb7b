/**
 * The examples of README.md and docs: fenced blocks marked `sh` or `sql`. `sh names-only` and `sql names-only` mark those that need what no
 * test has (another machine, Grafana, a role of the whole server): of their commands only names are checked.
 */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { ROOT } from '../../config/installation.ts';

export interface Example {
  /** `docs/api.md:145`. */
  readonly place: string;
  readonly language: string;
  readonly isRun: boolean;
  readonly text: string;
  /** The `json` block right after it: what its last command answers. */
  readonly answer: string | undefined;
}

/** Examples of every page that people read, decisions excluded. */
export function examples(): Example[] {
  return pages().flatMap(examplesOf);
}

/** Every page that people read, decisions excluded. */
export function pages(): { readonly name: string; readonly text: string }[] {
  const docs = readdirSync(`${ROOT}docs`).filter((name) => name.endsWith('.md'));
  return ['README.md', ...docs.map((name) => `docs/${name}`)].map((name) => ({
    name,
    text: readFileSync(`${ROOT}${name}`, 'utf8'),
  }));
}

function examplesOf({ name: page, text }: ReturnType<typeof pages>[number]): Example[] {
  const blocks = [
    ...text.matchAll(/^```([a-z]*)([^\n]*)\n([\s\S]*?)^```\n(?=(?:```json\n([\s\S]*?)^```)?)/gm),
  ];
  return blocks.map(({ index, 1: language = '', 2: mark = '', 3: body = '', 4: answer }) => ({
    place: `${page}:${text.slice(0, index).split('\n').length}`,
    ...{ language, isRun: mark.trim() !== 'names-only', text: body, answer },
  }));
}

/** The commands that a session shows after `$`, in a block without a language. */
export function shownCommands({ text }: Example): string {
  return [...text.matchAll(/^\$ (.*)$/gm)].map(([, command]) => command).join('\n');
}

const PRELUDE = `
emit() { printf '%s\\x1f' "$@"; printf '\\x1e'; }
docker() { while [ $# -gt 0 ] && [ "$1" != tidemark ]; do shift; done; [ $# -eq 0 ] || emit "$@"; }
kubectl() { while [ $# -gt 0 ] && [ "$1" != -- ]; do shift; done; [ $# -eq 0 ] || { shift; emit "$@"; }; }
npx() { emit "$@"; }
for name in tidemark curl npm; do eval "$name() { emit $name \\"\\$@\\"; }"; done
for name in cp helm pgbackrest pg_dump pg_restore createdb psql; do eval "$name() { :; }"; done
set -eu
`;

/** A shell reads the commands, none of which is run: each with its words. @throws Error for one that is not known here. */
export async function wordsOf(text: string, key: string): Promise<string[][]> {
  const options = { cwd: `${ROOT}test`, env: { PATH: '', KEY: key, DATABASE_URL: 'postgres://x' } };
  // What a shell would read from files is not there.
  const commands = text.replace(/ < \S+/g, '');
  const { stdout } = await promisify(execFile)(
    '/bin/bash',
    ['--norc', '-c', `${PRELUDE}${commands}`],
    options,
  );
  return stdout
    .split('\x1e')
    .filter((command) => command.includes('\x1f'))
    .map((command) => command.split('\x1f').slice(0, -1));
}
