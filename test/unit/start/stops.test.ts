/** Is everything stopped that was started, in which order, and also what comes late? */
import { expect, test } from 'vitest';
import { Stops } from '../../../scripts/start/machine/node-process.ts';

function counted() {
  const stops = new Stops();
  const stopped: string[] = [];
  const push = (name: string) => stops.push(name, async () => void stopped.push(name));
  return { stops, stopped, push };
}

test('the newest is stopped first', async () => {
  const { stops, stopped, push } = counted();
  for (const name of ['PostgreSQL', 'Temporal', 'the worker']) push(name);
  await stops.stopAll(() => {});
  expect(stopped).toEqual(['the worker', 'Temporal', 'PostgreSQL']);
});

test('one that cannot be stopped is reported, and the others are stopped', async () => {
  const { stops, stopped, push } = counted();
  push('PostgreSQL');
  stops.push('Temporal', () => Promise.reject(new Error('no')));
  const lines: string[] = [];
  await stops.stopAll((line) => lines.push(line));
  expect(stopped).toEqual(['PostgreSQL']);
  expect(lines).toEqual(['could not stop Temporal: Error: no']);
});

test('what is started while others are stopped, or after them, is stopped too', async () => {
  const { stops, stopped, push } = counted();
  stops.push('PostgreSQL', async () => push('Temporal'));
  await stops.stopAll(() => {});
  push('the API');
  expect(stopped).toEqual(['Temporal', 'the API']);
});
