#!/usr/bin/env node
// The `tidemark` command: plain JavaScript, so that `npx tidemark` works without a build. Everything else is in main.ts.
import { register } from 'tsx/esm/api';

register();
const { main } = await import('./main.ts');
process.exitCode = await main(process.argv.slice(2));
