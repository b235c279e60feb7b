/** Does a preview say what a load would understand and refuse? */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { previewFile } from '../../../../activities/files/preview-file.ts';
import { sha256 } from '../../../../db/queries/payloads/payload-body.ts';
import type { FiledPoints } from '../../../../domain/dataset/points.ts';
import { bundled } from '../../../support/bundled.ts';
import { exportedFrequency } from '../../../support/frequency-file.ts';

const frequency = bundled<FiledPoints>('swissgrid.frequency');
const seconds = bundled<FiledPoints>('swissgrid.volume-frequency');
const folder = mkdtempSync(join(tmpdir(), 'tidemark-previews-'));
const SAMPLE = exportedFrequency(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

test("the publisher's own export", async () => {
  const { form, names, decimalBy, first, last, days, series, lines } = await previewFile(frequency, SAMPLE, {
    zone: 'UTC',
  });
  expect(sha256(readFileSync(SAMPLE)).toString('hex')).toMatch(/^8d9f2328.*e36a2644$/);
  expect(form).toEqual({
    ...{ delimiter: ';', decimal: ',', header: true, time: 'day-first', zone: 'UTC' },
    ...{ timeColumn: 0, seriesColumn: null, values: [{ column: 1, series: 'frequency' }], columns: 2 },
    nulls: form.nulls,
  });
  expect(names).toEqual(['Datum Zeit', 'A:f_soll_aktiv [Hz]']);
  expect(decimalBy).toEqual({ line: 11_522, text: '49,99' });
  expect(lines).toBe(12_962);
  expect(first[0]).toEqual({
    ...{ line: 2, text: 'Sa. 01.05.21 00:00:00;50' },
    ...{ startsAt: '2021-05-01T00:00:00.000Z', series: 'frequency', value: 50 },
  });
  expect(last.at(-1)).toMatchObject({ line: 12_962, startsAt: '2021-05-05T12:00:00.000Z', value: 49.99 });
  expect(series).toEqual({ frequency: { points: 12_961, stepSeconds: 30 } });
  expect(days.map(({ points }) => points)).toEqual([2_640, 2_880, 2_880, 2_880, 1_681]);
  expect(days.every(({ refused }) => refused === 0)).toBe(true);
});

test('by the clocks of the source, where nothing else is said', async () => {
  const { form, first } = await previewFile(frequency, SAMPLE, {});
  expect(form.zone).toBe('Europe/Zurich');
  expect(first[0]?.startsAt).toBe('2021-04-30T22:00:00.000Z');
});

test('what would be refused, and why', async () => {
  const file = fileOf(
    'broken.csv',
    'Zeit;Wert\n01.05.2021 00:00:00;50\ngestern;50\n01.05.2021 00:00:01;kaputt\n01.05.2021 00:00:02;99\n01.05.2021 00:00:03;49,99\n',
  );
  const { findings, days } = await previewFile(seconds, file, {
    time: 'day-first',
    decimal: ',',
    header: true,
    values: [{ column: 1, series: 'frequency' }],
  });
  expect(days).toEqual([{ day: '2021-05-01', lines: 5, points: 2, refused: 3 }]);
  expect(findings).toMatchObject({
    unreadable_time: {
      severity: 'block',
      points: 1,
      samples: [expect.stringContaining('line 3, "gestern;50"')],
    },
    unreadable_value: { severity: 'block', points: 1 },
    range: { severity: 'block', points: 1 },
  });
});

test('a file in UTF-16, with titles and units above the data', async () => {
  const text =
    'Netzfrequenz\r\n# Entwurf\r\nZeit;Wert;\r\n;[Hz];\r\nSa. 01.05.21 00:00:00;50,01;\r\nSa. 01.05.21 00:00:01;49,99;\r\n';
  const file = fileOf('utf16.csv', Buffer.from(`\ufeff${text}`, 'utf16le'));
  const { form, encoding, first, findings } = await previewFile(seconds, file, {});
  expect(encoding).toBe('utf-16le');
  expect(form).toMatchObject({ header: true, headerLines: 4, columns: 2 });
  expect(first.map(({ line, value }) => [line, value])).toEqual([
    [5, 50.01],
    [6, 49.99],
  ]);
  expect(Object.values(findings).filter(({ severity }) => severity === 'block')).toEqual([]);
});

test('stops where the load would', async () => {
  const file = fileOf('either.csv', '01/02/2021 00:00:00;50\n');
  await expect(previewFile(seconds, file, {})).rejects.toThrow('--time-form day-first or month-first');
  await expect(previewFile(frequency, fileOf('empty.csv', ''), {})).rejects.toThrow('is empty');
});
