/** What a load of a file would accept and refuse, without any server. Reads the whole file, stores nothing. */

import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FiledPoints } from '../../domain/dataset/points.ts';
import type { FileForm } from '../../domain/files/file-form.ts';
import type { DaysOfFile } from '../../domain/files/load.ts';
import { UNPACK_LIMITS } from '../../domain/files/unpack-limits.ts';
import type { Finding } from '../../domain/interpret/finding.ts';
import type { DayRead } from '../../domain/lines/day-read.ts';
import { assertStep } from '../../domain/lines/fitting-step.ts';
import type { FoundForm } from '../../domain/lines/form-finder.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { type EndRows, endRowsOf } from './end-rows.ts';
import { readRange } from './read-range.ts';
import { readWhole, type WholeText } from './read-whole.ts';
import { openText, type TextFile, type Unpacking } from './text-file.ts';

/** Plain JSON. */
export interface FilePreview extends FoundForm, EndRows {
  readonly dataset: string;
  readonly file: string;
  /** Size of the text in UTF-8. */
  readonly sizeBytes: number;
  readonly lines: number;
  readonly encoding: string;
  /** By name. */
  readonly series: Readonly<Record<string, { readonly points: number; readonly stepSeconds: number }>>;
  readonly days: readonly PreviewDay[];
  /** Findings of all days by rule: what is refused (severity block), and all others. */
  readonly findings: Readonly<FindingsByRule>;
}

interface PreviewDay {
  readonly day: CivilDay;
  readonly lines: number;
  readonly points: number;
  /** Lines and points that are blocked. */
  readonly refused: number;
}

/**
 * @param others into which it could be loaded instead
 * @throws Failure BAD_INPUT, as the load would: the form is unknown or ambiguous, or the step is not that of the dataset.
 */
export async function previewFile(
  dataset: FiledPoints,
  file: string,
  stated: Partial<FileForm>,
  others: readonly FiledPoints[] = [],
): Promise<FilePreview> {
  return await withText(file, { limits: UNPACK_LIMITS, encoding: stated.encoding }, async (text) => {
    const whole = await readWhole(dataset, { path: text.path, name: file, stated });
    const about = { dataset: dataset.id, file, encoding: text.encoding };
    return { ...about, ...(await readAll(dataset, text, whole, others)) };
  });
}

async function readAll(
  dataset: FiledPoints,
  { path }: TextFile,
  { found, ranges, sizeBytes, lines }: WholeText,
  others: readonly FiledPoints[],
) {
  const handle = await open(path);
  try {
    const ends = await endRowsOf(handle, found.form, ranges);
    const read = await readRanges(handle, dataset, { form: found.form, location: path }, ranges, others);
    return { sizeBytes, lines, ...found, ...ends, ...read };
  } finally {
    await handle.close();
  }
}

async function readRanges(
  handle: FileHandle,
  dataset: FiledPoints,
  file: { readonly form: FileForm; readonly location: string },
  ranges: readonly DaysOfFile[],
  others: readonly FiledPoints[],
) {
  const days: PreviewDay[] = [];
  const series: Record<string, { points: number; stepSeconds: number }> = {};
  const findings: FindingsByRule = {};
  for (const range of ranges) {
    const all = { range, maxRefused: Number.POSITIVE_INFINITY };
    const daysRead = await readRange(handle, file, dataset, all, () => undefined);
    assertStep(daysRead, { dataset, stated: null, others });
    for (const read of daysRead) {
      days.push(dayOf(read));
      addSeries(series, read);
      addFindings(findings, read.day, read.findings);
    }
  }
  return { series, days, findings };
}

function dayOf({ day, lines, series, findings }: DayRead): PreviewDay {
  const blocked = findings.filter(({ severity }) => severity === 'block');
  return {
    ...{ day, lines },
    points: series.reduce((sum, { values }) => sum + values.length, 0),
    refused: blocked.reduce((sum, { points }) => sum + points, 0),
  };
}

/** The step of a series is the shortest of all days. */
function addSeries(all: Record<string, { points: number; stepSeconds: number }>, read: DayRead): void {
  for (const { series, values, stepMs } of read.series) {
    const known = all[series] ?? { points: 0, stepSeconds: Number.POSITIVE_INFINITY };
    all[series] = {
      points: known.points + values.length,
      stepSeconds: Math.min(known.stepSeconds, stepMs / 1000),
    };
  }
}

// Findings of a file by rule, with the first few of each, for a preview.

export type FindingsByRule = Record<string, FindingsOfRule>;

interface FindingsOfRule {
  readonly severity: string;
  points: number;
  /** The first of them: unit, position, raw value and reason. */
  readonly samples: string[];
}

const SAMPLES = 3;

/** @param unit whose findings they are, as shown. */
export function addFindings(all: FindingsByRule, unit: string, findings: readonly Finding[]): void {
  for (const { rule, severity, points, place, raw, reason } of findings) {
    all[rule] ??= { severity, points: 0, samples: [] };
    const of = all[rule];
    of.points += points;
    const what = raw === null ? reason : `${JSON.stringify(raw)}: ${reason}`;
    if (of.samples.length < SAMPLES) of.samples.push([unit, place, what].filter(Boolean).join(', '));
  }
}

// Gives access to the text of a file, and removes what had to be unpacked for it.

/** @throws Failure BAD_INPUT, SOURCE_UNREACHABLE, SOURCE_ERROR */
export async function withText<T>(
  file: string,
  unpacking: Omit<Unpacking, 'texts'>,
  read: (text: TextFile) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-preview-'));
  const texts = {
    begin: async (extension: string) => join(folder, `${randomUUID()}.${extension}`),
    drop: async (path: string) => await rm(path, { force: true }),
  };
  try {
    return await read(await openText(file, { ...unpacking, texts }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
