/** A folder of kept files that cannot be written to, as workers and the command meet it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { KeptTexts } from '../../../../activities/files/kept-texts.ts';
import { openText } from '../../../../activities/files/text-file.ts';
import { filesOf } from '../../../../cli/files.ts';
import { UsageError } from '../../../../cli/usage-error.ts';
import type { Database } from '../../../../db/connection/client.ts';
import { UNPACK_LIMITS } from '../../../../domain/files/unpack-limits.ts';
import { Failure } from '../../../../domain/workflow/failures.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-kept-'));
const packed = join(folder, 'lines.csv.gz');
writeFileSync(packed, gzipSync('2023-01-01T00:00:00Z,50\n'));
/** No folder can be made in a file, by no user. */
const unwritable = join(packed, 'files');
afterAll(() => rmSync(folder, { recursive: true }));

const MESSAGE = `TIDEMARK_FILES is "${unwritable}", which cannot be written to (ENOTDIR): `;

describe('a folder of kept files that cannot be written to', () => {
  test('ends a load with the setting, its value and the hint, and is not tried again', async () => {
    // Nothing is noted before the folder is there.
    const texts = new KeptTexts({} as Database, unwritable);
    const error = await openText(packed, { texts, limits: UNPACK_LIMITS }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Failure);
    expect(error).toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining(MESSAGE) });
  });

  test('is told to who hands over standard input, before it is read', async () => {
    const origin = { folder, stdin: Readable.from([]) };
    const error = await filesOf(['-'], { filesFolder: unwritable }, origin).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).toContain(MESSAGE);
  });
});
