/** What the reference says about points from files of lines. */
import type { FiledPoints } from '../../../domain/dataset/points.ts';
import { code, table } from '../markdown.ts';

export function fileSections({ finestSeconds, files }: FiledPoints): string[] {
  const known = Object.entries(files.form).map(([name, value]) => `${name} ${code(JSON.stringify(value))}`);
  return [
    '### Lines',
    table(
      ['fact', ''],
      [
        ['points are apart by', `${finestSeconds} s at the least; each series by its own, found out per day`],
        ['series of a file that names none', code(files.onlySeries)],
        ['form', known.join(', ') || 'found out from each file, or stated'],
      ],
    ),
    'Beside its own rules: those [of lines of files](#rules-of-lines-of-files).',
  ];
}
