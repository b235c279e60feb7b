/** Finding a Docker engine and using it, against a `docker` of our own: a script on a search path of its own. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dockerDatabase } from '../../../../scripts/start/postgres/docker-database.ts';

let folder: string;
let lines: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark docker-'));
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A docker that writes down how it was called and answers by the cases of a shell `case`. */
function writeDocker(cases: Readonly<Record<string, string>>): void {
  const branches = Object.entries(cases).map(([call, answer]) => `  ${call}) ${answer};;`);
  const script = [
    '#!/bin/sh',
    `echo "$*" >> '${folder}/calls'`,
    'case "$*" in',
    ...branches,
    '  *) exit 64;;',
    'esac',
  ];
  writeFileSync(join(folder, 'docker'), `${script.join('\n')}\n`);
  chmodSync(join(folder, 'docker'), 0o755);
}

const calls = (): string[] => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
const detect = () =>
  dockerDatabase({
    composeFile: '/c.yml',
    report: (line) => lines.push(line),
    searchPath: `${folder}:/usr/bin:/bin`,
  });

const CONFIG = JSON.stringify({
  services: { timescaledb: { environment: { POSTGRES_USER: 'postgres', POSTGRES_PASSWORD: 'p@ss/word' } } },
});
const ENGINE = {
  '"compose version"': 'echo v2',
  info: 'echo fine',
  '*"config --format json"': `echo '${CONFIG}'`,
  '*"port timescaledb 5432"': 'echo 0.0.0.0:5499',
  '*"up --detach --wait timescaledb"': 'true',
  '*"stop timescaledb"': 'true',
};

describe('Docker', () => {
  test('is not taken where there is none', async () => {
    expect(
      await dockerDatabase({ composeFile: '/c.yml', report: () => {}, searchPath: folder }),
    ).toBeUndefined();
  });

  test('is not taken without compose, and the engine is not even asked', async () => {
    writeDocker({ '"compose version"': 'exit 1', info: 'echo fine' });
    expect(await detect()).toBeUndefined();
    expect(calls()).toEqual(['compose version']);
  });

  test('is not taken when no engine answers', async () => {
    writeDocker({
      '"compose version"': 'echo v2',
      info: 'echo "Cannot connect to the Docker daemon" >&2; exit 1',
    });
    expect(await detect()).toBeUndefined();
  });

  test('gives the URL that compose file and engine tell, and stops what it started', async () => {
    writeDocker({ ...ENGINE, '*"ps --quiet --status running timescaledb"': 'true' });
    const database = await detect();
    expect(database?.adminUrl).toBe('postgres://postgres:p%40ss%2Fword@127.0.0.1:5499/postgres');
    await database?.stop();
    expect(calls().at(-1)).toBe('compose --file /c.yml stop timescaledb');
  });

  test('leaves a container running that was running before', async () => {
    writeDocker({ ...ENGINE, '*"ps --quiet --status running timescaledb"': 'echo 0123abc' });
    await (await detect())?.stop();
    expect(calls().filter((call) => call.includes('stop'))).toEqual([]);
  });

  test('that cannot start the service is passed over, with its reason', async () => {
    const up = 'echo "pull access denied" >&2; exit 1';
    writeDocker({
      ...ENGINE,
      '*"ps --quiet --status running timescaledb"': 'true',
      '*"up --detach --wait timescaledb"': up,
    });
    expect(await detect()).toBeUndefined();
    expect(lines.at(-1)).toContain('pull access denied');
  });
});
