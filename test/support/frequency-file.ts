/** Swissgrid's own export of grid frequency: `Sa. 01.05.21 00:00:00;50`, and a decimal comma where there are decimals. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const HEADER = 'Datum Zeit;A:f_soll_aktiv [Hz]';
const WEEKDAYS = ['So', 'Mo', 'Di', 'Mi', 'Do', 'Fr', 'Sa'];

/** A header, then a line each `stepSeconds` from an instant on; times are written as UTC. */
export function frequencyFile(
  from: string,
  stepSeconds: number,
  lines: number,
  hertzAt: (at: string) => number,
): string {
  const startMs = Date.parse(from);
  const rows = Array.from({ length: lines }, (_, n) => {
    const at = new Date(startMs + n * stepSeconds * 1_000);
    return `${timeOf(at)};${String(hertzAt(stampOf(at))).replace('.', ',')}\n`;
  });
  return `${HEADER}\n${rows.join('')}`;
}

/** Four and a half days of it, byte for byte as the publisher gave them out: 50 Hz, and 49.99 from 5 May on. @returns its path. */
export function exportedFrequency(folder: string): string {
  const file = join(folder, 'Sollfrequenz.csv');
  const hertzAt = (at: string) => (at < '2021-05-05' ? 50 : 49.99);
  writeFileSync(file, frequencyFile('2021-05-01T00:00:00Z', 30, 12_961, hertzAt));
  return file;
}

/** `2021-05-02T10:00:00Z` */
export function stampOf(at: Date): string {
  return at.toISOString().replace('.000Z', 'Z');
}

function timeOf(at: Date): string {
  const [year, month, day] = at.toISOString().slice(2, 10).split('-');
  return `${WEEKDAYS[at.getUTCDay()]}. ${day}.${month}.${year} ${at.toISOString().slice(11, 19)}`;
}
