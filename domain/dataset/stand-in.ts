/**
 * Files that stand in for the answers of a source: a second way in which it publishes the same values, which stays up when its API is down.
 * Their lines for a part of a unit are a payload of that part, named after an `@`: `DE_LU@library`. Pure.
 */
import type { SeenFile } from '../files/found-files.ts';
import type { Interval } from '../time/civil-day.ts';
import type { Source } from './facts.ts';
import type { Credentials } from './fetcher.ts';
import type { Decoded } from './points.ts';
import type { Answer, SourceRequest } from './pull.ts';
import type { Settings } from './settings.ts';

/** How such files are found, downloaded, split and read. */
export interface StandIn {
  /** Their name, after the `@` of a part: one lower-case word. */
  readonly name: string;
  /** The host that has them, and its quota. Its base URL is that setting of the dataset's source. */
  readonly host: Pick<Source, 'id' | 'title' | 'baseUrl' | 'quota'>;
  /** Settings of the dataset's source without which its files are not watched. */
  readonly needs: readonly string[];
  /** Settings of further addresses that it needs: a simulation sets them to itself. */
  readonly otherUrls?: readonly string[];
  /** How often it is polled, minutes. */
  readonly everyMinutes: number;
  /** How long a file must be unchanged before it is loaded, seconds. @default 60 */
  readonly settledSeconds?: number;
  /** The current files, each named by an http(s) address. */
  list(context: StandInContext): Promise<readonly SeenFile[]>;
  /** The period for which a file is complete: a day on the boundary of two files is assembled from both. */
  covers(location: string): Interval;
  /** The bytes of one of them: text in UTF-8, or packed. */
  download(location: string, context: StandInContext): Promise<StandInBytes>;
  /**
   * How the lines of a file are sorted.
   * @param header its first line
   * @throws RangeError that says what is wrong with it
   */
  sorter(header: string): (line: string) => PlacedLine | undefined;
  /**
   * Reads the lines of a part and unit, below the header of their file. Pure.
   * @param answer with the part's own name
   * @throws AnswerRefused when they cannot be what the source promises
   */
  decode(body: Uint8Array, answer: Answer): Decoded;
}

/** The unit and part of a line. */
export interface PlacedLine {
  readonly part: string;
  /** UTC start of its interval, milliseconds. */
  readonly startsAtMs: number;
}

/** What finding and downloading may use. */
export interface StandInContext {
  /** Those of the source. */
  readonly settings: Settings;
  readonly nowMs: number;
  /**
   * One request to the host, within its quota.
   * @throws Failure whose `status` is that of the response
   */
  ask(request: SourceRequest, credentials?: Credentials): Promise<StandInBytes>;
  /** One request to another address, such as one that issues tokens. */
  askElsewhere(url: string, request: SourceRequest): Promise<StandInBytes>;
}

export interface StandInBytes {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The part under which files of this name are stored. */
export function standInPart(part: string, name: string): string {
  return `${part}@${name}`;
}

export function isStandInPart(part: string): boolean {
  return part.includes('@');
}

/** The part as it is requested from the source. */
export function ownPart(part: string): string {
  return part.replace(/@.*$/, '');
}

/** The counterpart of a part: that of the files for the source's own part, and the other way round. */
export function partBeside(part: string, { name }: Pick<StandIn, 'name'>): string {
  return isStandInPart(part) ? ownPart(part) : standInPart(part, name);
}

/** The missing setting without which its files are not watched; undefined where all are set. */
export function missingSetting({ needs }: StandIn, settings: Settings): string | undefined {
  return needs.find((name) => !settings[name]);
}

/** Faults in a stand-in. @param settings those that the source declares */
export function standInFaults({ name, needs, everyMinutes, host }: StandIn, settings: object = {}): string[] {
  const undeclared = [...needs, host.baseUrl.setting].filter((each) => !(each in settings));
  return [
    ...(/^[a-z]+$/.test(name) ? [] : [`pull.standIn.name is "${name}": write one word of small letters`]),
    ...(Number.isInteger(everyMinutes) && everyMinutes >= 1
      ? []
      : [`pull.standIn.everyMinutes is ${everyMinutes}: write a whole number of minutes above 0`]),
    ...undeclared.map((each) => `pull.standIn needs "${each}": declare it in "settings" of the source`),
  ];
}
