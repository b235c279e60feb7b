/**
 * Grid frequency: the frequency of the synchronous area of Continental Europe, as measured by Swissgrid.
 *
 * Files         lines of an instant and a value: a year at one second has 31,536,000 of them, three months at 30 seconds
 *               261,240.
 * Series        one, `frequency`, where a file names none; files with several columns or a column of names bring their own.
 * Values        Hz, around 50 with a spread of 20 mHz; 49.8 to 50.2 is the range of normal operation. A value outside 45 to 55
 *               is a broken measurement: protection parts the grid long before. From one second to the next a healthy
 *               grid moves by some mHz.
 * Resolution    found out per day and series, one second at the finest.
 * The export    of the setpoint ("Sollfrequenz") has lines of 30 s as `Sa. 01.05.21 00:00:00;50`: German weekday, year of two
 *               digits, clocks of Zurich, a decimal comma that does not occur for days. Files of other forms have been seen,
 *               so nothing is settled beforehand. Wall-clock times without a zone are taken for those of Europe/Zurich.
 * Not known     the first day of the measurements; the one below is early enough for every file so far.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { suddenStep, validRange } from '../../domain/interpret/checks.ts';
import { swissgrid } from './source.ts';

/** Values beyond cannot be right. */
const RIGHT = [45, 55] as const;

export default defineDataset({
  shape: 'points',
  silence: 'keep',
  id: 'swissgrid.frequency',
  source: swissgrid,
  title: 'Grid frequency',
  description:
    'Frequency of the synchronous area of Continental Europe as measured in Switzerland, at the resolution of the files ' +
    'that were uploaded, one second at the finest.',
  unit: 'Hz',
  plain: {
    // The last two are names under which a synthetic year of seconds was loaded elsewhere.
    tables: ['swissgrid_frequency_data', 'volume_frequency_data', 'stresstest_frequency_data'],
    value: 'frequency',
  },
  owner: 'Swissgrid AG',
  licence: "Swissgrid's terms of use",
  link: 'https://www.swissgrid.ch/en/home/operation/regulation/frequency.html',
  access: 'open',
  retentionDays: null,
  firstDay: '2010-01-01',
  chunkDays: 7,
  leading: true,
  decoderVersion: 1,
  finestSeconds: 1,
  files: {
    ...{ onlySeries: 'frequency', form: {} },
    found: { setting: 'SWISSGRID_FREQUENCY_FILES', names: /\.(csv|txt|gz|zip)$/i, everyMinutes: 5 },
  },
  checks: [validRange(...RIGHT, 'Hz'), suddenStep(0.1, 0, 'Hz', RIGHT)],
  seriesAttributes: () => ({}),
});
