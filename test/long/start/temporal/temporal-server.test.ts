/** The local Temporal server: starting, stopping, and starting again after everything that can have gone wrong. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAlive, signalProcess } from '../../../../scripts/start/machine/process-table.ts';
import { type Bench, PREPARATION_LIMIT_MS, setUpBench } from '../../../support/start/servers.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await setUpBench();
}, PREPARATION_LIMIT_MS);
afterEach(() => bench.clear());

async function withClient<T>(address: string, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

/** The server, whose first start runs these lines of a shell instead. */
function failsOnce(lines: string): Bench['binary'] {
  const path = `${bench.dir}/fails-once`;
  const script = `#!/bin/sh
[ -e '${path}.done' ] && exec '${bench.binary.path}' "$@"
touch '${path}.done'
${lines}
`;
  writeFileSync(path, script, { mode: 0o755 });
  return { ...bench.binary, path };
}

const WORKFLOW = { workflowId: 'kept', taskQueue: 'nobody', args: [] };

describe('a local Temporal server', () => {
  test('keeps runs and address when it is stopped and started again', async () => {
    const first = await bench.temporal();
    await withClient(first.address, (client) => client.workflow.start('waits', WORKFLOW));
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await bench.temporal();
    expect(second.address).toBe(first.address);
    const run = await withClient(second.address, (client) => client.workflow.getHandle('kept').describe());
    expect(run.status.name).toBe('RUNNING');
  });

  test('loses no run when it is killed', async () => {
    const first = await bench.temporal();
    await withClient(first.address, (client) => client.workflow.start('waits', WORKFLOW));
    signalProcess(first.pid, 'SIGKILL');
    expect(await first.exited).toBe('SIGKILL');
    const second = await bench.temporal();
    const run = await withClient(second.address, (client) => client.workflow.getHandle('kept').describe());
    expect(run.status.name).toBe('RUNNING');
  });

  test('has the search attributes, also at the second start', async () => {
    const attributes = async (): Promise<string[]> => {
      const { address, stop } = await bench.temporal({
        searchAttributes: { Dataset: 'Keyword', DayState: 'Keyword' },
      });
      const answer = await withClient(address, (client) =>
        client.connection.operatorService.listSearchAttributes({ namespace: 'default' }),
      );
      await stop();
      return Object.keys(answer.customAttributes ?? {});
    };
    expect(await attributes()).toEqual(expect.arrayContaining(['Dataset', 'DayState']));
    expect(await attributes()).toEqual(expect.arrayContaining(['Dataset', 'DayState']));
  });

  test('serves the Web UI where it was asked to', async () => {
    const { uiUrl } = await bench.temporal({ preferredUiPort: 0 });
    const answer = await fetch(uiUrl ?? '');
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<html');
  });

  test('takes other ports when the preferred ones are taken, and says so', async () => {
    const stranger = createServer().listen({ port: 0, host: '127.0.0.1' });
    await once(stranger, 'listening');
    const { port } = stranger.address() as { port: number };
    try {
      const { address } = await bench.temporal({ preferredPort: port });
      expect(address).not.toBe(`127.0.0.1:${port}`);
      expect(bench.lines).toContainEqual(`Port ${port} is taken; Temporal uses ${address.split(':')[1]}.`);
    } finally {
      stranger.close();
    }
  });

  test('runs in memory beside another', async () => {
    const [one, two] = await Promise.all([
      bench.temporal({ dbFile: undefined, preferredPort: 0 }),
      bench.temporal({ dbFile: undefined, preferredPort: 0 }),
    ]);
    expect(one?.address).not.toBe(two?.address);
  });

  test('is started once: a second start names the process that has it', async () => {
    await bench.temporal();
    await expect(bench.temporal()).rejects.toThrow(`already in use by process ${process.pid}`);
  });

  test('says with the lines of its log why it does not start, and is not started again for that', async () => {
    await expect(bench.temporal({ searchAttributes: { Dataset: 'Nonsense' } })).rejects.toThrow(
      /The Temporal server ended at once:.*Nonsense/s,
    );
    expect(bench.lines.join()).not.toContain('starting it again');
  });

  test('starts again when the server panics, as it may when somebody takes a port it chose', async () => {
    const panic = `echo 'panic: bind: address already in use' >&2
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do echo "    main.main($i)" >&2; done
exit 2`;
    await bench.temporal({ dbFile: undefined, binary: failsOnce(panic) });
    expect(bench.lines).toContain(
      'The Temporal server ended while it started (panic: bind: address already in use); starting it again.',
    );
  });

  test('starts again when somebody has a port that the server uses and that we did not choose', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const server = failsOnce(`exec '${bench.binary.path}' "$@" --http-port ${port}`);
    await bench.temporal({ dbFile: undefined, binary: server });
    taken.close();
    expect(bench.lines).toContain(
      `The Temporal server ended while it started (listen tcp 127.0.0.1:${port}: bind: address already in use); starting it again.`,
    );
  });

  test('is never taken for another server, which took its port between choice and use', async () => {
    const file = `${bench.dir}/stranger`;
    const stranger = `'${bench.binary.path}' "$@" >'${file}.log' 2>&1 &
echo $! >'${file}.pid'
until grep -q 'Server:' '${file}.log'; do sleep 0.05; done
exec '${bench.binary.path}' "$@"`;
    const { address } = await bench.temporal({
      dbFile: undefined,
      preferredPort: 0,
      binary: failsOnce(stranger),
    });
    process.kill(Number(readFileSync(`${file}.pid`, 'utf8')), 'SIGTERM');
    const [, taken] = /Server: +localhost:(\d+)/.exec(readFileSync(`${file}.log`, 'utf8')) ?? [];
    expect(bench.lines).toContain(
      `The Temporal server ended while it started (listen tcp 127.0.0.1:${taken}: bind: address already in use); starting it again.`,
    );
    expect(address).not.toBe(`127.0.0.1:${taken}`);
  });

  test('begins anew where its state file was deleted, as its hint says, and the log beside it was left', async () => {
    const first = await bench.temporal();
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const file = `${bench.dir}/temporal.db`;
    expect(existsSync(`${file}-wal`)).toBe(true);
    rmSync(file);
    const second = await bench.temporal();
    await second.stop();
    const third = await bench.temporal();
    await third.stop();
  });

  test('ends a server on its state file whose parent is gone', async () => {
    const first = await bench.temporal();
    const port = first.address.split(':')[1] ?? '';
    await first.stop();
    const file = `${bench.dir}/temporal.db`;
    const args = ['server', 'start-dev', '--headless', '--port', port, '--db-filename', file];
    const orphan = spawn(bench.binary.path, args, { detached: true, stdio: 'ignore' });
    await once(orphan, 'spawn');
    const second = await bench.temporal();
    expect(bench.lines).toContainEqual(expect.stringContaining(`left running (process ${orphan.pid})`));
    expect(isAlive(orphan.pid ?? 0)).toBe(false);
    await second.stop();
  });
});
