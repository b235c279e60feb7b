/**
 * `npm run generate:frequency -- --rows 31536000 --step 1 --from 2023-01-01 --seed 7 --out FILE`: a realistic file of grid frequency: 50 Hz
 * with correlated noise of 20 mHz, a slow drift, dips and leaps at full hours, and the occasional trip of a power station. The same seed
 * gives the same bytes. For experiments and benchmarks; never kept in the repository.
 */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { createGzip } from 'node:zlib';
import { dayInterval } from '../domain/time/civil-day.ts';
import { Grid } from './frequency/grid.ts';
import { LineWriter, type WriterForm } from './frequency/line-writer.ts';

const FORMS: Readonly<Record<string, WriterForm>> = {
  zoned: { time: 'zoned', delimiter: ';', decimal: '.', header: false },
  utc: { time: 'utc', delimiter: ',', decimal: '.', header: true },
  local: { time: 'local', delimiter: ',', decimal: '.', header: false },
  comma: { time: 'local', delimiter: ';', decimal: ',', header: true },
  german: { time: 'day-first', delimiter: ';', decimal: ',', header: true },
  epoch: { time: 'epoch', delimiter: ',', decimal: '.', header: false },
};
const CHUNK_BYTES = 1 << 20;
const OPTIONS = {
  rows: { type: 'string', default: '261240' },
  step: { type: 'string', default: '30' },
  from: { type: 'string', default: '2023-01-01' },
  zone: { type: 'string', default: 'Europe/Zurich' },
  seed: { type: 'string', default: '7' },
  series: { type: 'string', default: '1' },
  wide: { type: 'boolean', default: false },
  form: { type: 'string', default: 'zoned' },
  gzip: { type: 'boolean', default: false },
  out: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;
const DEFAULTS = `Defaults: ${Object.entries(OPTIONS)
  .flatMap(([name, is]) => ('default' in is && is.type === 'string' ? [`--${name} ${is.default}`] : []))
  .join(' ')}`;
const USAGE = `usage: npm run generate:frequency -- --out FILE [--rows N] [--step SECONDS] [--from DAY] [--zone ZONE] [--seed N]
  [--series N [--wide]] [--gzip] [--form ${Object.keys(FORMS).join('|')}]
--rows counts instants; with --series N each of them is N lines that name their series, or one line with --wide.
${DEFAULTS}`;

const options = readOptions();
if (options.help) {
  console.log(USAGE);
  process.exit(0);
}
const form = FORMS[options.form];
if (!form) refuse(`--form is "${options.form}": write one of ${Object.keys(FORMS).join(', ')}`);
if (options.out === undefined) refuse('--out is missing: write the file to make');

const began = performance.now();
const rows = Number(options.rows);
const out = createWriteStream(options.out);
await (options.gzip ? pipeline(chunks(form), createGzip({ level: 1 }), out) : pipeline(chunks(form), out));
const seconds = (performance.now() - began) / 1000;
console.error(`${rows} rows in ${seconds.toFixed(1)} s: ${options.out}`);

function* chunks(how: WriterForm): Generator<Buffer> {
  const series = Number(options.series);
  const grids = Array.from(
    { length: series },
    (_, i) => new Grid(Number(options.seed) + i, Number(options.step)),
  );
  const names = series === 1 ? [] : grids.map((_, i) => `frequency_${i + 1}`);
  const writer = new LineWriter(how, { names, isWide: options.wide, zone: options.zone });
  const stepMs = Number(options.step) * 1000;
  let atMs = dayInterval(options.from, options.zone).startMs;
  let buffer = Buffer.allocUnsafe(CHUNK_BYTES + writer.longestRow);
  let used = writer.header(buffer);
  for (let row = 0; row < rows; row++, atMs += stepMs) {
    used = writer.row(buffer, used, atMs, grids);
    if (used < CHUNK_BYTES) continue;
    yield buffer.subarray(0, used);
    buffer = Buffer.allocUnsafe(CHUNK_BYTES + writer.longestRow);
    used = 0;
  }
  yield buffer.subarray(0, used);
}

function readOptions() {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function refuse(why: string): never {
  console.error(`generate-frequency: ${why}\n${USAGE}`);
  process.exit(2);
}
