// Recorded answers of the platform, kept byte for byte: a request for the same kind and areas, and an overlapping time, gets one.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Answer, answer } from '../answer.ts';
import type { Window } from '../window.ts';
import { unzip } from './pages.ts';
import type { Parameters } from './query.ts';

const FILE_NAME = /^a\d{2}_.*\.(xml|zip)$/i;

/** One recorded answer. */
export interface Recording {
  readonly file: string;
  readonly body: Buffer;
  readonly documentType: string;
  readonly processType: string | undefined;
  /** Areas in it. */
  readonly eics: readonly string[];
  /** Where the energy of its first series flows to: of a border, each direction is an answer of its own. */
  readonly into: string | undefined;
  /** The interval that its Periods cover. */
  readonly window: Window;
}

/** The recorded answers of a folder, by name; empty if there are none. */
export function readRecordings(folder: string): Recording[] {
  return readdirSync(folder)
    .filter((file) => FILE_NAME.test(file))
    .toSorted()
    .map((file) => recordingOf(file, readFileSync(join(folder, file))));
}

/** The recording that answers a request; undefined if there is none. */
export function recordedAnswer(
  recordings: readonly Recording[],
  parameters: Parameters,
  eics: readonly string[],
  requested: Window,
): Answer | undefined {
  const found = recordings.find(
    ({ documentType, processType, eics: about, into, window }) =>
      documentType === parameters.documentType &&
      (processType === undefined ||
        parameters.processType === undefined ||
        processType === parameters.processType) &&
      eics.every((eic) => about.includes(eic)) &&
      (into === undefined || parameters.in_Domain === undefined || into === parameters.in_Domain) &&
      window.fromMs < requested.toMs &&
      window.toMs > requested.fromMs,
  );
  if (!found) return undefined;
  const contentType = found.file.endsWith('.zip') ? 'application/zip' : 'text/xml';
  return { ...answer(200, contentType, found.body.toString('latin1')), binary: true };
}

function recordingOf(file: string, body: Buffer): Recording {
  const texts = file.endsWith('.zip')
    ? unzip(body).map((member) => member.body.toString())
    : [body.toString()];
  const all = texts.join('\n');
  const first = (tag: string) => new RegExp(`<${tag}>([^<]*)<`).exec(all)?.[1];
  const periods = [
    ...all.matchAll(/<(?:\w*_)?Period>\s*<timeInterval>\s*<start>([^<]+)<\/start>\s*<end>([^<]+)</g),
  ];
  return {
    ...{ file, body, documentType: first('type') ?? '', processType: first('process.processType') },
    eics: [...new Set([...all.matchAll(/omain\.mRID[^>]*>([^<]+)</g)].map(([, eic]) => eic ?? ''))],
    into: /in_Domain\.mRID[^>]*>([^<]+)</.exec(all)?.[1],
    window: {
      fromMs: Math.min(...periods.map(([, start]) => Date.parse(start ?? ''))),
      toMs: Math.max(...periods.map(([, , end]) => Date.parse(end ?? ''))),
    },
  };
}
