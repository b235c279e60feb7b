#!/usr/bin/env node
// The `tidemark` command: plain JavaScript, so that `npx tidemark` works without a build. Everything else is in main.ts.
import { register } from 'tsx/esm/api';

// Whoever reads us may have seen enough (`| head -1`): that is no error, and nobody is left to tell.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

register();
const { main } = await import('./main.ts');
process.exitCode = await main(process.argv.slice(2));
