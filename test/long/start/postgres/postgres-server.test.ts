/** The private PostgreSQL: starting, stopping, and starting again after everything that can have gone wrong. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAlive, signalProcess } from '../../../../scripts/start/machine/process-table.ts';
import { type Bench, PREPARATION_LIMIT_MS, setUpBench } from '../../../support/start/servers.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await setUpBench();
}, PREPARATION_LIMIT_MS);
afterEach(() => bench.clear());

async function ask<T = string>(url: string, sql: string): Promise<T | undefined> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ answer: T }>(sql);
    return rows[0]?.answer;
  } finally {
    await client.end();
  }
}

describe('a private PostgreSQL', () => {
  test('has TimescaleDB, checksums, UTC, and listens on this machine alone', async () => {
    const { adminUrl } = await bench.postgres();
    await ask(adminUrl, 'create extension timescaledb');
    expect(
      await ask(adminUrl, `select extversion answer from pg_extension where extname = 'timescaledb'`),
    ).toBe(bench.installation.timescaledbVersion);
    const settings = [
      'data_checksums',
      'TimeZone',
      'listen_addresses',
      'unix_socket_directories',
      'server_encoding',
    ];
    const list = settings.map((name) => `current_setting('${name}')`).join(` || ' ' || `);
    expect(await ask(adminUrl, `select ${list} answer`)).toBe('on UTC 127.0.0.1  UTF8');
  });

  test('keeps its data, its password and its port when it is stopped and started again', async () => {
    const first = await bench.postgres();
    await ask(first.adminUrl, 'create table kept as select 42 as answer');
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await bench.postgres();
    expect(second.adminUrl).toBe(first.adminUrl);
    expect(await ask<number>(second.adminUrl, 'select answer from kept')).toBe(42);
  });

  test('lets traders in without a password, and nobody else', async () => {
    const { readerUrlFor, adminUrl, port } = await bench.postgres();
    expect(await ask(readerUrlFor('postgres'), 'select current_user answer')).toBe('tidemark_reader');
    expect(
      await ask<boolean>(
        readerUrlFor('postgres'),
        'select rolsuper answer from pg_roles where rolname = current_user',
      ),
    ).toBe(false);
    const { username } = new URL(adminUrl);
    await expect(ask(`postgres://${username}:wrong@127.0.0.1:${port}/postgres`, 'select 1')).rejects.toThrow(
      'password',
    );
    expect(statSync(join(bench.dir, 'data.password')).mode & 0o777).toBe(0o600);
  });

  test('takes another port when the preferred one is taken, and says so', async () => {
    const stranger = createServer().listen({ port: 0, host: '127.0.0.1' });
    await once(stranger, 'listening');
    const { port } = stranger.address() as { port: number };
    try {
      const postgres = await bench.postgres({ preferredPort: port });
      expect(postgres.port).not.toBe(port);
      expect(bench.lines).toContainEqual(`Port ${port} is taken; PostgreSQL uses ${postgres.port}.`);
    } finally {
      stranger.close();
    }
  });

  test('is started once: a second start names the process that has it', async () => {
    const { adminUrl } = await bench.postgres();
    await expect(bench.postgres()).rejects.toThrow(`already in use by process ${process.pid}`);
    expect(await ask<number>(adminUrl, 'select 1 answer')).toBe(1);
  });

  test('refuses data of another major version with the hint, and leaves it alone', async () => {
    await (await bench.postgres()).stop();
    const file = join(bench.dir, 'data', 'PG_VERSION');
    writeFileSync(file, '9\n');
    await expect(bench.postgres()).rejects.toThrow(
      /was made by PostgreSQL 9, but .* is \d+.*pg_dump of 9, or delete/s,
    );
    writeFileSync(file, `${bench.installation.major}\n`);
    await expect(bench.postgres()).resolves.toBeDefined();
  });

  test('says with the lines of its log why it does not start', async () => {
    await expect(bench.postgres({ settings: { shared_buffers: 'much' } })).rejects.toThrow(
      /PostgreSQL ended at once:.*invalid value for parameter "shared_buffers": "much"/s,
    );
    await expect(bench.postgres()).resolves.toBeDefined();
  });

  test('is made anew when its making was cut off', async () => {
    await (await bench.postgres()).stop();
    renameSync(join(bench.dir, 'data'), join(bench.dir, 'data.draft'));
    await expect(bench.postgres()).resolves.toBeDefined();
  });
});

describe('after an unclean end', () => {
  test('a killed server recovers what was committed', async () => {
    const first = await bench.postgres();
    await ask(first.adminUrl, 'create table kept as select 42 as answer');
    signalProcess(first.pid, 'SIGKILL');
    expect(await first.exited).toBe('SIGKILL');
    const second = await bench.postgres();
    expect(await ask<number>(second.adminUrl, 'select answer from kept')).toBe(42);
  });

  test('a server whose parent is gone is stopped in good order before the next one starts', async () => {
    const first = await bench.postgres();
    await ask(first.adminUrl, 'create table kept as select 42 as answer');
    await first.stop();
    const orphan = await startOrphan();
    const second = await bench.postgres();
    expect(bench.lines).toContainEqual(expect.stringContaining(`left running (process ${orphan})`));
    expect(isAlive(orphan)).toBe(false);
    expect(await ask<number>(second.adminUrl, 'select answer from kept')).toBe(42);
  });

  test('a stale pid file that names a stranger is not believed, and the stranger lives on', async () => {
    await (await bench.postgres()).stop();
    const stranger = spawn('sleep', ['1000'], { stdio: 'ignore' });
    const pidFile = join(bench.dir, 'data', 'postmaster.pid');
    writeFileSync(pidFile, `${stranger.pid}\n${join(bench.dir, 'data')}\n`);
    try {
      const { pid } = await bench.postgres();
      expect(Number.parseInt(readFileSync(pidFile, 'utf8'), 10)).toBe(pid);
      expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    } finally {
      stranger.kill();
    }
  });
});

/** The server as it is after its parent was killed where the kernel does not tell children: running, nobody's. */
async function startOrphan(): Promise<number> {
  const { binDir, env } = bench.installation;
  const { account } = bench.place;
  const assignments = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const command = [...assignments, join(binDir, 'postgres'), '-D', join(bench.dir, 'data')];
  const orphan = spawn('env', command, {
    ...{ cwd: '/', detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
  });
  for await (const chunk of orphan.stderr ?? []) {
    if (String(chunk).includes('ready to accept connections')) break;
  }
  return orphan.pid ?? 0;
}
