/** The folder of files: what is unpacked has limits, what lies there is known, and what nothing needs is removed. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KeptTexts } from '../../../../activities/files/kept-texts.ts';
import { settingsOf, tidemark, tidemarkFrom } from '../../../support/command.ts';
import { DATASET, type Loading, linesOf, openLoading, textOf } from '../../../support/loading.ts';

let loading: Loading;
beforeAll(async () => {
  loading = await openLoading({ unpackLimits: { maxBytes: 18 << 20, maxRatio: 20 } });
  mkdirSync(loading.texts);
});
afterAll(() => loading?.close());

const lying = () => readdirSync(loading.texts).sort();
const noted = async () =>
  (await loading.testEnv.rows<{ path: string }>('select path from ops.kept_text order by path')).map(
    ({ path }) => basename(path),
  );
const refusal = (text: RegExp) => ({ cause: { message: expect.stringMatching(text) } });
/** As old as what nobody is about to need any more. */
const age = () => loading.testEnv.rows(`update ops.kept_text set kept_at = kept_at - interval '2 days'`);
const sweep = () => new KeptTexts(loading.testEnv.database, loading.texts).sweep();

it.each([
  [
    'too many times its packed size',
    17 << 20,
    /unpacks to more than 20 times its \d+ bytes: nothing of it was kept; .* load its text/,
  ],
  ['too large', 19 << 20, /has more than 18874368 bytes: nothing of it was kept; .* load its text/],
])('a file that is %s is refused, and nothing of it stays', async (_, size, message) => {
  const text = size > 18 << 20 ? randomBytes(size) : Buffer.alloc(size, '2023-01-10T00:00:00Z,50\n');
  await expect(loading.load(loading.fileOf(gzipSync(text, { level: 1 }), 'csv.gz'))).rejects.toMatchObject(
    refusal(message),
  );
  await expect(loading.load(loading.fileOf(zipped(text), 'zip'))).rejects.toMatchObject(refusal(message));
  expect(lying()).toEqual([]);
  expect(await noted()).toEqual([]);
});

/** An archive with one member, `a.csv`. */
function zipped(text: Buffer): Buffer {
  const name = Buffer.from('a.csv');
  const data = deflateRawSync(text, { level: 1 });
  const facts = Buffer.alloc(26);
  facts.writeUInt16LE(20, 0);
  facts.writeUInt16LE(8, 4);
  facts.writeUInt32LE(crc32(text), 10);
  facts.writeUInt32LE(data.length, 14);
  facts.writeUInt32LE(text.length, 18);
  facts.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), facts, name, data]);
  const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), facts, Buffer.alloc(14), name]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(entry.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, entry, Buffer.from('PK\x05\x06'), end]);
}

it('what was unpacked for a refused load is removed: not understood, damaged, stopped', async () => {
  const bad = textOf(linesOf('2023-02-01', 1, (n) => (n % 10 === 0 ? 'x' : 50)));
  await expect(loading.load(loading.fileOf(gzipSync('a,b\nc,d\n'), 'gz'))).rejects.toMatchObject(
    refusal(/form of the file is not understood/),
  );
  const cut = gzipSync(textOf(linesOf('2023-02-01', 9))).subarray(0, 5_000);
  await expect(loading.load(loading.fileOf(cut, 'gz'))).rejects.toMatchObject(refusal(/damaged or cut off/));
  const { stage, stopped } = await loading.load(loading.fileOf(gzipSync(bad), 'gz'), { maxRefused: 5 });
  expect({ stage, stopped }).toEqual({
    stage: 'stopped',
    stopped: expect.stringContaining('TOO_MANY_REFUSED'),
  });
  expect(lying()).toEqual([]);
  expect(await noted()).toEqual([]);
});

it('what days are folded from stays, however old, under the name of its content', async () => {
  const text = textOf(linesOf('2023-01-10', 2));
  await loading.load(loading.fileOf(gzipSync(text), 'gz'));
  const [name] = lying();
  expect(name).toMatch(/^[0-9a-f]{64}\.text$/);
  await age();
  expect([await sweep(), lying(), await noted()]).toEqual([0, [name], [name]]);
  await loading.load(loading.fileOf(gzipSync(text, { level: 1 }), 'gz'));
  expect([lying(), await noted()]).toEqual([[name], [name]]);
  expect(await loading.differences('2023-01-10', '2023-01-11')).toContain('0 would differ [[],{}]');
});

it('what a killed worker left is removed a day later, and what is no longer needed too', async () => {
  const texts = new KeptTexts(loading.testEnv.database, loading.texts);
  const before = lying();
  writeFileSync(await texts.begin('text'), 'half a file');
  writeFileSync(await texts.begin('download'), 'half a file');
  expect([await sweep(), lying().length]).toEqual([0, before.length + 2]);
  await age();
  expect([await sweep(), lying()]).toEqual([2, before]);
  expect(await noted()).toEqual(before);
});

it('standard input is kept and known; a stray file is found, a lost one is a fault', async () => {
  const settings = { ...settingsOf(loading.testEnv), TIDEMARK_FILES: loading.texts };
  const text = textOf(linesOf('2023-03-01', 1));
  const ran = await tidemarkFrom(text, settings, 'load', DATASET, '-', '--wait');
  expect(ran).toMatchObject({ code: 0, stdout: '144 lines: points 144 new; days 1 complete\n' });
  expect(lying().filter((name) => name.endsWith('.input'))).toHaveLength(1);
  expect(await noted()).toEqual(lying());
  writeFileSync(join(loading.texts, 'stray.text'), 'whose?');
  const checkup = async () => {
    const { stdout } = await tidemark(settings, 'doctor', '--json');
    const checks = JSON.parse(stdout) as { name: string; fine: boolean; message: string }[];
    return checks.find(({ name }) => name === 'files');
  };
  expect(await checkup()).toEqual({
    name: 'files',
    fine: true,
    message: `2 texts kept in ${loading.texts}; no load of this database knows ${loading.texts}/stray.text: remove it unless another database keeps its files there`,
  });
  const [kept] = lying().filter((name) => name.endsWith('.input'));
  rmSync(join(loading.texts, kept as string));
  expect(await checkup()).toMatchObject({
    fine: false,
    message: `${loading.texts}/${kept} gone: days of it cannot be folded again; put it back from the backup`,
  });
});
