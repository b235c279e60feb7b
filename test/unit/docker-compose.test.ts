/** What the compose file and the image agree on: where files to load and unpacked texts lie, and what each service runs. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../../config/installation.ts';

interface Service {
  readonly image?: string;
  readonly build?: unknown;
  readonly command?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const dockerfile = readFileSync(`${ROOT}deploy/Dockerfile`, 'utf8');
const compose = parse(readFileSync(`${ROOT}docker-compose.yml`, 'utf8'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const ours = Object.entries(compose.services).filter(([, { build }]) => build);
const folder = /\bTIDEMARK_FILES=(\S+)/.exec(dockerfile)?.[1] ?? '';

describe('containers', () => {
  test('keep files of loads in a volume that is declared', () => {
    expect(Object.keys(compose.volumes)).toContain('files');
    expect(ours.map(([name]) => name)).toEqual(['migrate', 'worker', 'api']);
    for (const [, { volumes }] of ours)
      expect(volumes).toEqual([expect.stringMatching(/:\/data:ro$/), `files:${folder}`]);
  });

  test('may write there: the image makes the folder for the user that it runs as', () => {
    const [asRoot = '', asUser = ''] = dockerfile.split('USER node\n');
    expect(asRoot).toContain(`install -d -o node -g node ${folder}`);
    expect(asUser).toContain('CMD');
    for (const [, { environment }] of ours) expect(environment).not.toHaveProperty('TIDEMARK_FILES');
  });

  test('run what is compiled from what is there', () => {
    for (const [, { command = [] }] of ours) {
      const [program, file = ''] = command;
      expect(program).toBe('node');
      expect(existsSync(`${ROOT}${file.replace(/\.js$/, '.ts')}`)).toBe(true);
    }
  });

  test('run Temporal as a server with PostgreSQL, whose tables are made by the tool of its version', () => {
    const { temporal, 'temporal-schema': schema } = compose.services;
    const [image, version] = temporal?.image?.split(':') ?? [];
    expect(image).toBe('temporalio/server');
    expect(schema?.image).toBe(`temporalio/admin-tools:${version}`);
    for (const service of [temporal, schema])
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    expect(existsSync(`${ROOT}deploy/containers${temporal?.environment?.DYNAMIC_CONFIG_FILE_PATH}`)).toBe(
      true,
    );
  });

  test('write nothing but kept files and a /tmp of their own', () => {
    for (const [, service] of ours)
      expect(service).toMatchObject({ read_only: true, tmpfs: ['/tmp'], cap_drop: ['ALL'] });
  });
});
