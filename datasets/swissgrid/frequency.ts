/**
 * Grid frequency as Swissgrid publishes it, at 30 s.
 *
 * Files         three months have 261,240 lines.
 * The export    of the setpoint ("Sollfrequenz") has lines as `Sa. 01.05.21 00:00:00;50`: German weekday, year of two
 *               digits, clocks of Zurich, a decimal comma that does not occur for days. Files of other forms have been seen,
 *               so nothing but the step is settled beforehand.
 * Not known     the first day of the measurements; the one of the table is early enough for every file so far.
 */
import { frequencyTable } from './frequency-table.ts';

export default frequencyTable({
  name: 'frequency',
  table: 'swissgrid_frequency_data',
  title: 'Grid frequency',
  description:
    'Frequency of the synchronous area of Continental Europe as measured in Switzerland, every 30 seconds.',
  owner: 'Swissgrid AG',
  licence: "Swissgrid's terms of use",
  finestSeconds: 30,
  files: {
    oneStep: true,
    found: { setting: 'SWISSGRID_FREQUENCY_FILES', names: /\.(csv|txt|gz|zip)$/i, everyMinutes: 5 },
  },
});
