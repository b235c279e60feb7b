/**
 * Recorded answers of a source: `<dataset>.recorded/<day>.<ending>` beside the file of the dataset, with provenance in `<day>.json`. The contract tests
 * read them.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Dataset, isOfRecords } from '../domain/dataset/dataset.ts';
import type { PulledPoints } from '../domain/dataset/points.ts';
import type { Answer } from '../domain/dataset/pull.ts';
import type { RecordDataset } from '../domain/dataset/records.ts';
import { answerToDay, interpret } from '../domain/interpret/interpret.ts';
import { interpretRecords } from '../domain/interpret/interpret-records.ts';

/** Origin of a recorded body. Contains no key. */
export interface Provenance {
  readonly dataset: string;
  /** The delivery day that was requested. */
  readonly unit: string;
  /** Which request, where a day takes several. */
  readonly part: string;
  readonly url: string;
  /** When it was requested, an instant. */
  readonly requestedAt: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: number;
  readonly sha256: string;
  /** The file of the body, in the same folder. */
  readonly body: string;
  /** Written by a person: why it lacks expected values, or has those of other days. */
  readonly incomplete?: string;
  /** What it was read as when it was recorded. */
  readonly reading?: Reading;
}

/** What a version of a decoder made of a recorded answer. */
export interface Reading {
  readonly decoderVersion: number;
  /** Hash of what the answer says, whatever the order of its rows (`canonical` of its interpretation). */
  readonly sha256: string;
}

/** @param recorded bytes, and what a decoder gets to know about them */
export function readingOf(
  dataset: PulledPoints | RecordDataset,
  { unit, content, about }: { unit: string; content: Uint8Array; about: Partial<Answer> },
): Reading {
  const meaning = isOfRecords(dataset)
    ? interpretRecords(dataset, unit, content).canonical()
    : interpret(dataset, unit, content, undefined, answerToDay(dataset, unit, about)).canonical;
  return { decoderVersion: dataset.decoderVersion, sha256: sha256Of(Buffer.from(meaning)) };
}

/** What a decoder gets to know about a recorded answer. */
export function answerOfRecording({ part, url, status, headers }: Provenance): Partial<Answer> {
  return { part, url, status, contentType: headers['content-type'] ?? null };
}

export interface Recording extends Provenance {
  readonly content: Buffer;
}

/** The folder of a dataset's recordings. @param file of its definition */
export function recordingsFolder(file: string, { id }: Pick<Dataset, 'id'>): string {
  return join(dirname(file), `${id.slice(id.indexOf('.') + 1)}.recorded`);
}

/** @returns the path of the provenance */
export async function storeRecording(
  folder: string,
  content: Uint8Array,
  about: Omit<Provenance, 'bytes' | 'sha256' | 'body'>,
): Promise<string> {
  const name = [about.unit, about.part]
    .filter((each) => each !== '')
    .join('.')
    .replaceAll(/[^\w.-]/g, '_');
  const body = `${name}.${endingOf(about.headers['content-type'] ?? '')}`;
  const provenance: Provenance = { ...about, bytes: content.length, sha256: sha256Of(content), body };
  const path = join(folder, `${name}.json`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, body), content);
  await writeFile(path, `${JSON.stringify(provenance, null, 2)}\n`);
  return path;
}

/**
 * The recordings of a dataset, by day.
 * @throws Error where a body is missing or its bytes do not match its provenance
 */
export async function recordingsOf(file: string, dataset: Pick<Dataset, 'id'>): Promise<Recording[]> {
  const folder = recordingsFolder(file, dataset);
  if (!existsSync(folder)) return [];
  const names = (await readdir(folder)).filter((name) => PROVENANCE.test(name)).toSorted();
  return await Promise.all(names.map((name) => readRecording(join(folder, name))));
}

const PROVENANCE = /^\d{4}-\d\d-\d\d[\w.-]*\.json$/;

async function readRecording(path: string): Promise<Recording> {
  const provenance = JSON.parse(await readFile(path, 'utf8')) as Provenance;
  const body = join(path, '..', provenance.body);
  const content = await readFile(body).catch(() => undefined);
  if (!content)
    throw new Error(`${basename(path)} speaks of ${provenance.body}, which is gone: record it again`);
  if (sha256Of(content) === provenance.sha256) return { ...provenance, content };
  throw new Error(`${body} has other bytes than ${basename(path)} says: it was changed; record it again`);
}

export function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Not `json`: that is used for the provenance. */
function endingOf(contentType: string): string {
  if (/csv/.test(contentType)) return 'csv';
  if (/xml/.test(contentType)) return 'xml';
  if (/zip/.test(contentType)) return 'zip';
  return 'body';
}
