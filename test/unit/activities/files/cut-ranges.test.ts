/** Is a file cut where days begin, and are only its registered bytes read? */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { cutRanges } from '../../../../activities/files/cut-ranges.ts';
import { hashParts, readRange } from '../../../../activities/files/read-range.ts';
import { scanText } from '../../../../activities/files/scan-text.ts';
import { sha256 } from '../../../../db/queries/payloads/payload-body.ts';
import type { DaysOfFile } from '../../../../domain/files/load.ts';
import { FORM, instant, sampleFileDataset } from '../../../support/reading.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-ranges-'));
const path = join(folder, 'lines.csv');
const dataset = sampleFileDataset();
const timeZone = dataset.source.timeZone;
/** The start of 2024-01-03 in Zurich. */
const START = Date.parse('2024-01-02T23:00:00Z');
const RANGE_BYTES = 100_000;
afterAll(() => rmSync(folder, { recursive: true }));

/** Lines a minute over some days. */
const minutes = (days: number) =>
  Array.from({ length: days * 1440 }, (_, n) => `${instant(START + n * 60_000)};50\n`);

async function withFile<T>(content: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  writeFileSync(path, content);
  const file = await open(path, 'r+');
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

const seenOf = (head: string) => ({ length: head.length, sha256: sha256(Buffer.from(head)) });

async function rangesOf(file: FileHandle): Promise<readonly DaysOfFile[]> {
  const { size: sizeBytes } = await file.stat();
  const cuts = await cutRanges(file, { sizeBytes, form: FORM, timeZone }, RANGE_BYTES);
  return (await scanText(file, path, seenOf(''), cuts)).ranges;
}

const read = (file: FileHandle, range: DaysOfFile, maxRefused = 10) =>
  readRange(file, { location: path, form: FORM }, dataset, { range, maxRefused }, () => undefined);

test('ranges begin with the first line of a day, and know its number and their hash', async () => {
  const lines = minutes(12);
  await withFile(lines.join(''), async (file) => {
    const ranges = await rangesOf(file);
    expect(ranges.length).toBeGreaterThan(2);
    for (const { byteFrom, byteTo, firstLine, firstDay, sha256: hash } of ranges) {
      expect(lines[firstLine - 1]).toBe(`${lines.join('').slice(byteFrom).split('\n')[0]}\n`);
      expect(instant(Date.parse(`${firstDay}T00:00:00+01:00`))).toBe(lines[firstLine - 1]?.slice(0, 20));
      expect(hash).toBe(sha256(Buffer.from(lines.join('').slice(byteFrom, byteTo))).toString('hex'));
    }
  });
});

describe('lines that are refused where a range is cut', () => {
  test.each([
    ['a value', (time: string) => `${time};fifty\n`],
    ['a time', (time: string) => `${time.replace('Z', '.5Z')};50\n`],
    ['a line', (time: string) => `${time}\n`],
  ])('%s: they are of their own day', async (_, broken) => {
    const lines = minutes(12);
    const whole = await withFile(lines.join(''), rangesOf);
    const { firstLine, firstDay } = whole[1] as DaysOfFile;
    for (const n of [0, 1]) {
      const at = firstLine - 1 + n;
      lines[at] = broken((lines[at] as string).slice(0, 20));
    }
    await withFile(lines.join(''), async (file) => {
      const ranges = await rangesOf(file);
      const at = ranges.findIndex((range) => range.firstDay === firstDay);
      const before = await read(file, ranges[at - 1] as DaysOfFile);
      const [day] = await read(file, ranges[at] as DaysOfFile);
      expect(before.flatMap(({ findings }) => findings)).toEqual([]);
      expect([day?.day, day?.lines, day?.firstLine]).toEqual([firstDay, 1440, firstLine]);
      expect(Object.values(day?.refused ?? {})).toEqual([2]);
    });
  });
});

describe('a file that is changed in place', () => {
  const lines = minutes(3);
  const changed = expect.objectContaining({ code: 'FILE_CHANGED' });

  test('is not read, and neither are refused lines that came by it told', async () => {
    await withFile(lines.join(''), async (file) => {
      const [range] = (await rangesOf(file)) as [DaysOfFile];
      await file.write('x'.repeat(2_000), 1_000);
      await expect(read(file, range, 10)).rejects.toEqual(changed);
    });
  });

  test('after it was read: the hashes of its days are not those of other bytes', async () => {
    await withFile(lines.join(''), async (file) => {
      const [range] = (await rangesOf(file)) as [DaysOfFile];
      const days = await read(file, range);
      const hashes = await hashParts(file, { location: path }, range, days);
      expect(hashes).toEqual(
        days.map(({ byteFrom, byteTo }) => sha256(Buffer.from(lines.join('').slice(byteFrom, byteTo)))),
      );
      await file.write('1', 22);
      await expect(hashParts(file, { location: path }, range, days)).rejects.toEqual(changed);
    });
  });

  test('while it is registered: grown, cut off, begun anew, cut within a line', async () => {
    const form = { sizeBytes: lines.join('').length, form: FORM, timeZone };
    const scanned = async (change: (file: FileHandle) => Promise<unknown>, headLength = 100) =>
      await withFile(lines.join(''), async (file) => {
        const cuts = await cutRanges(file, form, RANGE_BYTES / 4);
        const head = seenOf(lines.join('').slice(0, headLength));
        await change(file);
        return await scanText(file, path, head, cuts);
      });
    await expect(scanned(async (file) => await file.stat())).resolves.toMatchObject({ lines: 3 * 1440 });
    await expect(scanned((file) => file.write('2024', form.sizeBytes))).rejects.toEqual(changed);
    await expect(scanned((file) => file.truncate(50_000))).rejects.toEqual(changed);
    await expect(scanned((file) => file.write('2', 3))).rejects.toEqual(changed);
    // All of it told how its lines are read.
    await expect(scanned((file) => file.write('9', 60_021), form.sizeBytes)).rejects.toEqual(changed);
    await expect(scanned((file) => file.stat(), form.sizeBytes)).resolves.toMatchObject({ lines: 3 * 1440 });
    await expect(scanned((file) => file.write(lines.join('').slice(1), 200))).rejects.toEqual(changed);
  });
});
