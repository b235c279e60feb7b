/** What stays when the process that started the servers ends: nothing, and nothing that is in the way. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ROOT } from '../../../config/installation.ts';
import { isAlive, waitForEnd } from '../../../scripts/start/machine/process-table.ts';
import { programOf } from '../../support/program.ts';
import type { ParentOptions } from '../../support/start/parent.ts';
import { type Bench, END_LIMIT_MS, PREPARATION_LIMIT_MS, setUpBench } from '../../support/start/servers.ts';

let bench: Bench;
let parent: ChildProcess;
beforeEach(async () => {
  bench = await setUpBench();
}, PREPARATION_LIMIT_MS);
afterEach(async () => {
  parent.kill('SIGKILL');
  await bench.clear();
});

/** Starts the parent as a terminal would, at the head of a process group; resolves with the servers' ids. */
async function startParent(): Promise<{ postgres: number; temporal: number }> {
  const options: ParentOptions = { postgres: bench.postgresOptions, temporal: bench.temporalOptions };
  const args = [...programOf('test/support/start/parent'), JSON.stringify(options)];
  parent = spawn(process.execPath, args, { cwd: ROOT, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(parent.stdout ?? parent, 'data')) as [Buffer];
  return JSON.parse(String(line)) as { postgres: number; temporal: number };
}

describe('the servers', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'end with their parent at %s to its group, which waits for them',
    async (signal) => {
      const servers = await startParent();
      process.kill(-(parent.pid ?? 0), signal);
      expect(await once(parent, 'exit')).toEqual([0, null]);
      expect(isAlive(servers.postgres) || isAlive(servers.temporal)).toBe(false);
      expect(bench.pids()).toEqual([]);
    },
  );

  test('do not stand in the way of the next start when the parent is killed', async () => {
    await startParent();
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    const [postgres, temporal] = await Promise.all([bench.postgres(), bench.temporal()]);
    expect(isAlive(postgres.pid) && isAlive(temporal.pid)).toBe(true);
  });
});

// Elsewhere there is no setpriv, and it is the next start that ends what was left behind.
if (process.platform === 'linux') {
  describe('on Linux the servers', () => {
    test('end by themselves when the parent is killed', async () => {
      await startParent();
      parent.kill('SIGKILL');
      await once(parent, 'exit');
      expect(await waitForEnd(bench.pids(), END_LIMIT_MS)).toBe(true);
    });

    test('have process groups of their own, so that the Ctrl-C of a terminal reaches the parent alone', async () => {
      const { postgres, temporal } = await startParent();
      expect([postgres, temporal].map(processGroupOf)).toEqual([postgres, temporal]);
    });
  });
}

function processGroupOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.replace(/^.*\)/s, '').trim().split(' ')[2]);
}
