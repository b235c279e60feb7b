/**
 * Live or simulated: the publisher itself where it answers; the bundled simulator where it does not, or where a person
 * wishes it. An address that a person set is never replaced silently.
 */
import { join } from 'node:path';
import type { GivenSettings } from '../config.ts';
import type { PulledPoints } from '../domain/dataset/points.ts';
import { startNodeProcess } from './machine/node-process.ts';
import { choosePort } from './machine/ports.ts';
import type { Report } from './machine/run-command.ts';
import { askPublisher } from './publisher.ts';
import type { Stops } from './stops.ts';

export interface ChosenSource {
  readonly baseUrl: string;
  readonly simulated: boolean;
}

interface Wish {
  readonly dataset: PulledPoints;
  /** A past day, to ask the publisher for. */
  readonly day: string;
  readonly simulate: boolean;
  readonly given: GivenSettings;
  readonly root: string;
  readonly stateDir: string;
  readonly stops: Stops;
  readonly report: Report;
}

const PREFERRED_PORT = 8090;

/** @throws Error when an address that a person set does not answer. */
export async function chooseSource(wish: Wish): Promise<ChosenSource> {
  const { dataset, day, given, report, simulate } = wish;
  if (simulate) return await startSimulator(wish);
  const { source } = dataset;
  const set = given.baseUrlOf(source);
  const baseUrl = set ?? source.baseUrl.default;
  const answer = await askPublisher(baseUrl, dataset, day);
  if (answer.kind !== 'unreachable') {
    const simulated = answer.kind === 'simulator';
    report(`${source.title} answers at ${baseUrl}${simulated ? ' (a simulator)' : ''}.`);
    return { baseUrl, simulated };
  }
  if (set !== undefined) {
    throw new Error(
      `${source.baseUrl.setting} is ${set}, which does not answer (${answer.reason}). ` +
        'Set it right, unset it for the real publisher, or start with "npm start -- --simulate"',
    );
  }
  report(`The publisher does not answer at ${baseUrl} (${answer.reason}).`);
  return await startSimulator(wish);
}

async function startSimulator({ root, stateDir, stops, report }: Wish): Promise<ChosenSource> {
  const file = join(stateDir, 'simulator.port');
  const port = await choosePort({ purpose: 'the simulator', preferred: PREFERRED_PORT, file, report });
  await startNodeProcess({
    name: 'the simulator',
    stops,
    program: ['--import', 'tsx/esm', 'simulator/main.ts', '--port', String(port)],
    root,
    settings: {},
    logFile: join(stateDir, 'logs', 'simulator.log'),
  });
  const baseUrl = `http://127.0.0.1:${port}`;
  report(`The bundled simulator answers at ${baseUrl}. ALL DATA IS SIMULATED, in a database of its own.`);
  return { baseUrl, simulated: true };
}
