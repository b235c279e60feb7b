/**
 * Swissgrid, the transmission system operator of Switzerland.
 *
 * Where it is   https://www.swissgrid.ch/ · files are uploaded; nothing is requested over HTTP.
 * Delivery day  the calendar day of Europe/Zurich.
 * Not known     whether there is one form of its files, and for how long: every file is examined (domain/lines/detect-form.ts).
 */
import type { SourceFacts } from '../../domain/dataset/facts.ts';

export const swissgrid: SourceFacts = {
  id: 'swissgrid',
  title: 'Swissgrid',
  link: 'https://www.swissgrid.ch/',
  timeZone: 'Europe/Zurich',
  settings: {
    SWISSGRID_FREQUENCY_FILES: {
      meaning:
        'Where files of grid frequency appear: a folder that all workers can read, or the address of a page with links to them. ' +
        'They are loaded by themselves; when it is not set, no files are watched',
      form: {
        pattern: /^(\/|https?:\/\/[^@?#]+$)/,
        hint: 'write a path that begins with /, or an http(s) address without user, password or query',
      },
    },
  },
};
