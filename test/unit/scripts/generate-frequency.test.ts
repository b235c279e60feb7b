/** Does the generator of frequency files answer who asks how it is used? */
import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';
import { ROOT } from '../../../config/installation.ts';

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function generate(...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const program = ['--import', 'tsx/esm', 'scripts/generate-frequency.ts', ...args];
    const child = execFile(process.execPath, program, { cwd: ROOT }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

test.each(['--help', '-h'])('%s prints the usage and makes nothing', async (option) => {
  const usage = expect.stringMatching(/^usage: npm run generate:frequency -- --out FILE [\s\S]*--step 30/);
  expect(await generate(option)).toEqual({ code: 0, stdout: usage, stderr: '' });
});

test.each([
  [['--rows', '10'], '--out is missing: write the file to make'],
  [['--out', '/nowhere/x', '--form', 'excel'], '--form is "excel": write one of zoned, utc, '],
  [['--rwos', '10'], "Unknown option '--rwos'"],
])('%j is refused with the hint and the usage', async (args, hint) => {
  const { code, stdout, stderr } = await generate(...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`generate-frequency: ${hint}`);
  expect(stderr).toContain('usage: npm run generate:frequency');
});
