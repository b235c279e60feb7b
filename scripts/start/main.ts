#!/usr/bin/env node
/** `tidemark-start` of an installed package: what `npm start` is in a clone. */
import { up } from './up.ts';

process.exit(await up(process.argv.slice(2)));
