/** Is a file's text the same whatever its characters are written in, and what packs it? */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { openText } from '../../../../activities/files/text-file.ts';
import { UNPACK_LIMITS } from '../../../../domain/files/unpack-limits.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-text-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TEXT = `Zeit;S\u00fcd [\u00b5Hz]\n${'2024-01-03T00:00:00Z;50,012\n'.repeat(10_000)}`;
let files = 0;

function fileOf(content: Buffer): string {
  files += 1;
  const path = join(folder, `${files}.csv`);
  writeFileSync(path, content);
  return path;
}

function swapped(bytes: Buffer): Buffer {
  return Buffer.from(bytes).swap16();
}

const texts = {
  begin: async () => join(folder, `${++files}.text`),
  drop: async (path: string) => rmSync(path),
};

async function read(content: Buffer, encoding?: string) {
  const given = fileOf(content);
  const file = await openText(given, { texts, encoding, limits: UNPACK_LIMITS });
  expect(file.isUnnamed).toBe(file.path !== given);
  return { text: readFileSync(file.path, 'utf8'), encoding: file.encoding };
}

const le = Buffer.from(TEXT, 'utf16le');
const withMark = Buffer.from(`\ufeff${TEXT}`, 'utf16le');

describe('text', () => {
  test.each([
    ['UTF-8', Buffer.from(TEXT), 'utf-8'],
    ['UTF-16, least byte first', withMark, 'utf-16le'],
    ['UTF-16, greatest byte first', swapped(withMark), 'utf-16be'],
    ['UTF-16, least byte first, without a mark', le, 'utf-16le'],
    ['UTF-16, greatest byte first, without a mark', swapped(le), 'utf-16be'],
  ])('in %s, plain and packed', async (_, content, encoding) => {
    expect(await read(content)).toEqual({ text: TEXT, encoding });
    expect(await read(gzipSync(content))).toEqual({ text: TEXT, encoding });
  });

  test('in an encoding that is stated', async () => {
    expect(await read(Buffer.from(TEXT, 'latin1'), 'windows-1252')).toEqual({
      text: TEXT,
      encoding: 'windows-1252',
    });
  });

  test('of some bytes', async () => {
    expect((await read(Buffer.from('1;2\n'))).text).toBe('1;2\n');
    expect((await read(Buffer.from('\ufeff1;2\n', 'utf16le'))).text).toBe('1;2\n');
    expect((await read(gzipSync(''))).text).toBe('');
  });

  test('that is not what it is said to be', async () => {
    const before = readdirSync(folder).filter((name) => name.endsWith('.text'));
    await expect(read(Buffer.from(TEXT, 'latin1'), 'shift_jis')).rejects.toThrow('--encoding');
    await expect(read(Buffer.from(TEXT), 'klingon')).rejects.toThrow('"klingon" is no encoding');
    await expect(read(Buffer.concat([withMark, Buffer.from([0])]))).rejects.toThrow('not text in utf-16le');
    expect(readdirSync(folder).filter((name) => name.endsWith('.text'))).toEqual(before);
  });
});
