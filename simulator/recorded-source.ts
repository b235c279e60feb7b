// Rows read from recorded bodies of the publisher, each kept byte for byte. Every recorded hour counts as published.
// Read are the files core_maxExchanges*.json of a folder: recordings of other regions and datasets may lie beside
// them. Where two files hold the same hour, the file whose name sorts last is served.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { dayEndMs, dayStartMs } from './business-day.ts';
import { parseInstantMs, wrong } from './input.ts';
import { rawRows } from './raw-rows.ts';
import type { RowSource } from './row-source.ts';
import type { Row } from './rows.ts';
import { isInside } from './window.ts';

const FILE_NAME = /^core_maxExchanges.*\.json$/i;

/** A source over a folder of recorded bodies. Throws an InputError when there is nothing to serve. */
export function createRecordedSource(folder: string): RowSource {
  const rows = new Map(readFolder(folder).map((row) => [row.startsAtMs, row]));
  const ordered = [...rows.values()].sort((left, right) => left.startsAtMs - right.startsAtMs);
  const name = basename(resolve(folder));
  return {
    label: ['x-tidemark-recording', encodeURIComponent(name)],
    description: `recorded values, ${ordered.length} rows from ${name}`,
    rows(day) {
      const window = { fromMs: dayStartMs(day), toMs: dayEndMs(day) };
      return ordered.filter(({ startsAtMs }) => isInside(window, startsAtMs));
    },
  };
}

function readFolder(folder: string): Row[] {
  const rows = filesIn(folder).flatMap((file) => readRows(readFileSync(join(folder, file), 'utf8')));
  if (rows.length > 0) return rows;
  throw wrong('recorded', folder, 'a folder with recorded bodies named core_maxExchanges*.json');
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => FILE_NAME.test(file))
      .sort();
  } catch {
    throw wrong('recorded', folder, 'a folder that can be read');
  }
}

/** The rows of one body; none when it is not an envelope of rows with times and borders. */
function readRows(body: string): Row[] {
  const envelope = parseJson(body);
  if (!isRecord(envelope) || Object.keys(envelope).join() !== 'data,rejected,messages') return [];
  if (!Array.isArray(envelope.data) || !envelope.data.every(isBorderRow)) return [];
  return rawRows(body).map((text) => ({
    startsAtMs: parseInstantMs(JSON.parse(text).dateTimeUtc) ?? 0,
    text,
  }));
}

function isBorderRow(row: unknown): boolean {
  if (!isRecord(row) || parseInstantMs(String(row.dateTimeUtc)) === undefined) return false;
  const values = Object.entries(row).filter(([key]) => key.startsWith('border_'));
  return values.length > 0 && values.every(([, value]) => value === null || typeof value === 'number');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
