/**
 * Tables of grid frequency: the frequency of the synchronous area of Continental Europe in files of lines, each table with a step of its
 * own. What is loaded into one changes nothing in another.
 *
 * Series        one, `frequency`, where a file names none; files with several columns or a column of names bring their own.
 * Values        Hz, around 50 with a spread of 20 mHz; 49.8 to 50.2 is the range of normal operation. A value outside 45 to 55
 *               is a broken measurement: protection parts the grid long before. From one second to the next a healthy
 *               grid moves by some mHz.
 * Times         wall-clock times without a zone are taken for those of Europe/Zurich.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import type { FiledPoints, PointFiles } from '../../domain/dataset/points.ts';
import { suddenStep, validRange } from '../../domain/interpret/checks.ts';
import { swissgrid } from './source.ts';

/** Values beyond cannot be right. */
const RIGHT = [45, 55] as const;

export interface FrequencyTable extends Pick<FiledPoints, 'title' | 'description' | 'owner' | 'licence'> {
  /** Without the source. */
  readonly name: string;
  /** In the plain calls. */
  readonly table: string;
  readonly finestSeconds: number;
  readonly files?: Partial<PointFiles>;
}

export function frequencyTable({ name, table, files, ...facts }: FrequencyTable): FiledPoints {
  return defineDataset<FiledPoints>({
    shape: 'points',
    silence: 'keep',
    id: `${swissgrid.id}.${name}`,
    source: swissgrid,
    ...facts,
    unit: 'Hz',
    plain: { tables: [table], value: 'frequency' },
    link: 'https://www.swissgrid.ch/en/home/operation/regulation/frequency.html',
    access: 'open',
    retentionDays: null,
    firstDay: '2010-01-01',
    chunkDays: 7,
    leading: true,
    decoderVersion: 1,
    files: { onlySeries: 'frequency', form: {}, ...files },
    checks: [validRange(...RIGHT, 'Hz'), suddenStep(0.1, 0, 'Hz', RIGHT)],
    seriesAttributes: () => ({}),
  });
}
