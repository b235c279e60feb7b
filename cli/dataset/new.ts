/** `tidemark dataset new`: drafts the files of a dataset from an answer of its source. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { requestSource } from '../../activities/ingest/source-client.ts';
import { foldersOf, provideLibrary } from '../../datasets/places.ts';
import type { SourceFacts } from '../../domain/dataset/facts.ts';
import { LONGEST_ID } from '../../domain/dataset/relation-names.ts';
import { dayAt, isTimeZone } from '../../domain/time/civil-day.ts';
import { readDay } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../usage-error.ts';
import { draftDataset, draftExample, draftSource, secretParameters, variableOf } from './draft.ts';
import { type Survey, survey } from './survey.ts';

export interface NewOptions {
  readonly from: string;
  readonly url?: string;
  readonly folder?: string;
  readonly zone?: string;
  readonly unit?: string;
  readonly time?: string;
  readonly day?: string;
  readonly json?: true;
}

export async function newDataset(context: CliContext, id: string, options: NewOptions): Promise<number> {
  const [source = '', name = ''] = readId(id);
  const room = join(await folderFor(context, options), source);
  const file = join(room, `${name}.ts`);
  if (existsSync(file)) throw new UsageError(`${file} is there already: choose another id, or remove it`);
  const zone = await zoneFor(room, source, options);
  const day = options.day === undefined ? dayAt(Date.now(), zone) : readDay('--day', options.day);
  const { body, url } = await bodyOf(context, options);
  const found = survey({ body, zone, day, origin: options.from, time: options.time });
  const facts = { id, zone, url, unit: options.unit, origin: url ? url.pathname : options.from };
  const written = [
    ...(existsSync(join(room, 'source.ts')) ? [] : [[join(room, 'source.ts'), draftSource(facts)]]),
    [file, draftDataset(found, facts)],
    [join(room, `${name}.example.ts`), draftExample(found, id)],
  ] as [string, string][];
  await mkdir(room, { recursive: true });
  for (const [path, content] of written) await writeFile(path, content, { flag: 'wx' });
  const files = written.map(([path]) => path);
  context.print({ dataset: id, files, ...factsOf(found) }, () => textOf(id, files, found, url));
  return 0;
}

/** @throws UsageError */
function readId(id: string): string[] {
  if (!/^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/.test(id))
    throw new UsageError(
      `the id is "${id}": write <source>.<dataset>, each in lower case with "-" between words`,
    );
  if (id.length > LONGEST_ID)
    throw new UsageError(`the id is "${id}": it may have at most ${LONGEST_ID} characters`);
  return id.split('.');
}

/** @throws UsageError when no folder for datasets is given or configured */
async function folderFor(context: CliContext, { folder }: NewOptions): Promise<string> {
  if (folder !== undefined) return resolve(context.io.folder, folder);
  const place = context.datasetPlaces.find((each) => isAbsolute(each) || each.startsWith('.'));
  if (place !== undefined) return (await foldersOf([place]))[0] as string;
  throw new UsageError(
    '--folder is missing: name the folder of your datasets, or set TIDEMARK_DATASETS to it',
  );
}

/** The time zone of the source, if the source is already defined. @throws UsageError */
async function zoneFor(room: string, source: string, { zone }: NewOptions): Promise<string> {
  const file = join(room, 'source.ts');
  if (existsSync(file)) {
    await provideLibrary(true);
    const module = (await import(pathToFileURL(file).href)) as Record<string, SourceFacts | undefined>;
    const { timeZone } = module[variableOf(source)] ?? {};
    if (timeZone === undefined)
      throw new UsageError(`${file} exports no "${variableOf(source)}": export the source under that name`);
    if (zone === undefined || zone === timeZone) return timeZone;
    throw new UsageError(`--zone is "${zone}", and ${file} says "${timeZone}": leave it out`);
  }
  if (zone === undefined || isTimeZone(zone)) return zone ?? 'UTC';
  throw new UsageError(`--zone is "${zone}": write a time zone such as Europe/Oslo or UTC`);
}

const MAX_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

async function bodyOf(
  { io }: CliContext,
  { from, url }: NewOptions,
): Promise<{ body: Uint8Array; url: URL | null }> {
  if (/^https?:\/\//.test(from)) {
    const address = readUrl('--from', from);
    const { pathname: path, searchParams, origin } = address;
    const request = {
      path,
      query: Object.fromEntries(searchParams),
      accept: '*/*',
      maxBytes: MAX_BYTES,
      timeoutMs: TIMEOUT_MS,
    };
    const { body } = await requestSource(origin, request, { cancelled: new AbortController().signal });
    return { body, url: address };
  }
  const file = resolve(io.folder, from);
  const about = await stat(file).catch(() => undefined);
  if (!about?.isFile())
    throw new UsageError(`--from is "${from}": there is no such file; write a path, or an http(s) address`);
  if (about.size > MAX_BYTES)
    throw new UsageError(
      `--from is "${from}": it has more than ${MAX_BYTES} bytes; give an answer of one day`,
    );
  return { body: await readFile(file), url: url === undefined ? null : readUrl('--url', url) };
}

function readUrl(option: string, text: string): URL {
  if (URL.canParse(text) && /^https?:/.test(text)) return new URL(text);
  throw new UsageError(
    `${option} is "${text}": write an http(s) address such as https://example.org/prices.csv?day=2026-11-20`,
  );
}

function factsOf({ series, minutes, min, max, nulls, alwaysNull, firstDay, lastDay, decoded }: Survey) {
  const findings = decoded.findings.map(({ rule, reason }) => `${rule}: ${reason}`);
  return { series: series.length, minutes, min, max, nulls, alwaysNull, firstDay, lastDay, findings };
}

function textOf(id: string, files: readonly string[], found: Survey, url: URL | null): string {
  const { series, minutes, min, max, firstDay, lastDay, findings, nulls } = factsOf(found);
  const secrets = url ? secretParameters(url) : [];
  return [
    ...files.map((file) => `wrote ${file}`),
    `  ${series} series every ${minutes} minutes, ${min} to ${max}, ${nulls} nulls, days ${firstDay} to ${lastDay}`,
    ...findings.map((each) => `  not read: ${each}`),
    ...secrets.map(
      (name) =>
        `  left out of the address: "${name}", which looks like a key; a key is a setting of the source (docs/datasets.md)`,
    ),
    `Next: settle what is marked with "check", then "tidemark dataset try ${files.at(-2)} --body FILE".`,
    `${id} is in the catalogue once TIDEMARK_DATASETS names its folder.`,
  ].join('\n');
}
