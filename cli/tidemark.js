#!/usr/bin/env node
// The `tidemark` command: plain JavaScript, so that `npx tidemark` works with and without a build. Everything else is in main.ts.
import { existsSync } from 'node:fs';

// The reader may close the pipe early (`| head -1`): that is not an error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

const compiled = new URL('./main.js', import.meta.url);
const isCompiled = existsSync(compiled);
if (!isCompiled) (await import('tsx/esm/api')).register();
const { main } = await import(isCompiled ? compiled.href : './main.ts');
process.exitCode = await main(process.argv.slice(2));
