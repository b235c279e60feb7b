/**
 * Does anything grow that should not? A sped-up month on one worker: polls every few simulated minutes, revisions, late days
 * and errors of the source. Once per simulated day it measures memory, connections, histories and tables, and compares the
 * last third of the month with the one before. `npm run bench -- soak --days 30 --seconds 60` (real seconds per simulated day).
 */
import { parseArgs } from 'node:util';
import { bySeconds, SOURCE, soak } from '../../test/soak/days.ts';
import { growing, isFlat, lastThirds, middleOf } from '../../test/soak/flat.ts';
import type { Sample } from '../../test/soak/measure.ts';
import { openWorkbench } from './workbench.ts';

async function measured(days: number, seconds: number): Promise<boolean> {
  const bench = await openWorkbench({ simulator: SOURCE, simulatedClock: true });
  try {
    const samples = await soak(bench, { days, pace: bySeconds(seconds) }, (day, sample) =>
      console.error(`· day ${day} of ${days}: ${JSON.stringify(sample)}`),
    );
    return report(samples);
  } finally {
    await bench.close();
  }
}

/** Compares the middle third with the last one. @returns whether all is flat. */
function report(samples: readonly Sample[]): boolean {
  const polls = samples.at(-1)?.polls ?? 0;
  const minutes = (samples.length * 1440) / polls;
  console.log(
    `${samples.length} simulated days, ${polls} polls, one every ${minutes.toFixed(1)} simulated minutes\n`,
  );
  const [middle, last] = lastThirds(samples);
  const [before, after] = [middleOf(middle), middleOf(last)];
  printRow(['', 'middle third', 'last third', 'ratio']);
  for (const name of Object.keys(before)) {
    // Tables grow with the days: what they grow by is reported, beside what the source made of these days.
    if (isFlat(name)) printFigure(name, before[name] ?? Number.NaN, after[name] ?? Number.NaN);
    else printFigure(`${name} per day`, growthOf(name, middle), growthOf(name, last));
  }
  const grown = growing(before, after);
  console.log(grown.length === 0 ? '\nall flat' : `\nnot flat: ${grown.join(', ')}`);
  return grown.length === 0;
}

function growthOf(name: string, window: readonly Sample[]): number {
  return ((window.at(-1)?.[name] ?? 0) - (window[0]?.[name] ?? 0)) / (window.length - 1);
}

function printFigure(name: string, was: number, is: number): void {
  const ratio = was === is ? 1 : is / was;
  printRow([name, was.toFixed(2), is.toFixed(2), ratio.toFixed(2)]);
}

function printRow([name = '', ...cells]: readonly string[]): void {
  console.log(name.padEnd(34) + cells.map((cell) => cell.padStart(14)).join(''));
}

const { values } = parseArgs({
  options: { days: { type: 'string', default: '30' }, seconds: { type: 'string', default: '60' } },
});
const days = Number(values.days);
const seconds = Number(values.seconds);
if (!Number.isInteger(days) || days < 6 || !(seconds > 0)) {
  console.error(
    `--days is "${values.days}", --seconds is "${values.seconds}": write a whole number from 6, and seconds`,
  );
  process.exit(2);
}
process.exitCode = (await measured(days, seconds)) ? 0 : 1;
