/** What a load of a file would understand and refuse, without any server. Reads all of the file, keeps nothing of it. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FiledPoints } from '../../domain/dataset/points.ts';
import type { FileForm } from '../../domain/files/file-form.ts';
import type { FileRange } from '../../domain/files/load.ts';
import { UNPACK_LIMITS, type UnpackLimits } from '../../domain/files/unpack-limits.ts';
import type { DayRead } from '../../domain/lines/day-read.ts';
import type { FoundForm } from '../../domain/lines/form-finder.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { type EndRows, endRowsOf } from './end-rows.ts';
import { readRange } from './read-range.ts';
import { readWhole, type WholeText } from './read-whole.ts';
import { openText, type TextFile, type TextFolder } from './text-file.ts';

/** Plain JSON. */
export interface FilePreview extends FoundForm, EndRows {
  readonly dataset: string;
  readonly file: string;
  /** Of its text in UTF-8. */
  readonly sizeBytes: number;
  readonly lines: number;
  readonly encoding: string;
  /** By name. */
  readonly series: Readonly<Record<string, { readonly points: number; readonly stepSeconds: number }>>;
  readonly days: readonly PreviewDay[];
  /** Findings of all days by rule: what is refused (severity block), and what else would be told. */
  readonly findings: Readonly<Record<string, FindingsOfRule>>;
}

export interface PreviewDay {
  readonly day: CivilDay;
  readonly lines: number;
  readonly points: number;
  /** Lines and points that are blocked. */
  readonly refused: number;
}

export interface FindingsOfRule {
  readonly severity: string;
  readonly points: number;
  /** The first of them: place, what stands there, and why. */
  readonly samples: readonly string[];
}

const SAMPLES = 3;

/** @throws Failure BAD_INPUT, as the load would: the form is not understood, or can be read in two ways. */
export async function previewFile(
  dataset: FiledPoints,
  file: string,
  stated: Partial<FileForm>,
  limits: UnpackLimits = UNPACK_LIMITS,
): Promise<FilePreview> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-preview-'));
  try {
    const text = await openText(file, {
      texts: passing(folder),
      limits,
      encoding: stated.encoding,
    });
    const whole = await readWhole(dataset, { path: text.path, name: file, stated });
    const about = { dataset: dataset.id, file, encoding: text.encoding };
    return { ...about, ...(await readAll(dataset, text, whole)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A folder that goes when the preview is made. */
function passing(folder: string): TextFolder {
  return {
    begin: async (extension) => join(folder, `${randomUUID()}.${extension}`),
    drop: async (path) => await rm(path, { force: true }),
  };
}

async function readAll(
  dataset: FiledPoints,
  { path }: TextFile,
  { found, ranges, sizeBytes, lines }: WholeText,
) {
  const handle = await open(path);
  try {
    const ends = await endRowsOf(handle, found.form, ranges);
    const read = await readRanges(handle, dataset, { form: found.form, location: path }, ranges);
    return { sizeBytes, lines, ...found, ...ends, ...read };
  } finally {
    await handle.close();
  }
}

async function readRanges(
  handle: FileHandle,
  dataset: FiledPoints,
  file: { readonly form: FileForm; readonly location: string },
  ranges: readonly FileRange[],
) {
  const days: PreviewDay[] = [];
  const series: Record<string, { points: number; stepSeconds: number }> = {};
  const findings: Record<string, { severity: string; points: number; samples: string[] }> = {};
  for (const range of ranges) {
    const all = { range, maxRefused: Number.POSITIVE_INFINITY };
    for (const read of await readRange(handle, file, dataset, all, () => undefined)) {
      days.push(dayOf(read));
      addSeries(series, read);
      addFindings(findings, read);
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

/** The shortest step of all days is the series'. */
function addSeries(all: Record<string, { points: number; stepSeconds: number }>, read: DayRead): void {
  for (const { series, values, stepMs } of read.series) {
    const known = all[series] ?? { points: 0, stepSeconds: Number.POSITIVE_INFINITY };
    all[series] = {
      points: known.points + values.length,
      stepSeconds: Math.min(known.stepSeconds, stepMs / 1000),
    };
  }
}

function addFindings(
  all: Record<string, { severity: string; points: number; samples: string[] }>,
  { day, findings }: DayRead,
): void {
  for (const { rule, severity, points, place, raw, reason } of findings) {
    all[rule] ??= { severity, points: 0, samples: [] };
    const of = all[rule];
    of.points += points;
    const what = raw === null ? reason : `${JSON.stringify(raw)}: ${reason}`;
    if (of.samples.length < SAMPLES) of.samples.push([day, place, what].filter(Boolean).join(', '));
  }
}
