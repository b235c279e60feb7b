// The simulator as a process: reads the flags, starts, prints where it listens, and stops at once on request. Exit codes: 0 stopped on
// request, 1 could not listen, 2 a usage error.
import { helpText, readFlags } from './flags.ts';
import { InputError } from './input.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from './server.ts';

async function run(): Promise<void> {
  const command = readFlags(process.argv.slice(2));
  if (command.kind === 'help') {
    process.stdout.write(helpText());
    return;
  }
  const simulator = await startSimulator(command.options);
  stopOnRequest(simulator, command.exitWithParent);
  // A parent process with an IPC channel waits for this.
  process.send?.('ready');
  console.log(`simulator listening on ${simulator.url} (${describe(simulator, command.options)})`);
}

function describe({ seed, source, clock }: Simulator, options: SimulatorOptions): string {
  const now = options.now === undefined ? 'real time' : `clock at ${options.now}`;
  const quota = options.quotaRequests === 0 ? 'no quota' : `quota ${options.quotaRequests ?? 100}`;
  return [`seed ${seed}`, source.description, `${now} x${clock.rate()}`, quota].join(', ');
}

/** Ctrl-C, a kill, or a parent that is gone: a closed IPC channel, or if requested a closed stdin. */
function stopOnRequest(simulator: Simulator, exitWithParent: boolean): void {
  const stop = () => {
    simulator.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  process.once('disconnect', stop);
  if (!exitWithParent) return;
  process.stdin.once('close', stop).once('end', stop).once('error', stop);
  process.stdin.resume();
}

run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof InputError ? 2 : 1;
});
