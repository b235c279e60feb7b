/**
 * Recorded bodies of the publishers. They lie beside the repository where its developers have them, and are no part of it: tests
 * that read them exist where they do. A file of nothing but such tests is called `*.recorded.test.ts` (vitest.config.ts).
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const RECORDINGS = fileURLToPath(new URL('../../../shared/fixtures/', import.meta.url));

export const HAS_RECORDINGS = existsSync(`${RECORDINGS}jao`);
/** With a slash at their ends. */
export const JAO_RECORDINGS = `${RECORDINGS}jao/`;
export const ENTSOE_RECORDINGS = `${RECORDINGS}entsoe/`;
/** Two days of JAO Core's maximum exchanges, and figures of its values. */
export const RECORDED_BODY = `${JAO_RECORDINGS}core_maxExchanges_20260420_2d.raw.json`;
export const RECORDED_STATISTICS = `${JAO_RECORDINGS}core_maxExchanges_20260420_stats.csv`;
