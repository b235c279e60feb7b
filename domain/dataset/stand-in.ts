/**
 * Files that stand in for the answers of a source: another way in which it publishes the same values, which stays up when its API is
 * away. What they say of a part of a unit is a payload of that part, named behind an `@`: `DE_LU@library`. Pure.
 */
import type { SeenFile } from '../files/found-files.ts';
import type { Interval } from '../time/civil-day.ts';
import type { Source } from './facts.ts';
import type { Credentials } from './fetcher.ts';
import type { Decoded } from './points.ts';
import type { Answer, SourceRequest } from './pull.ts';
import type { Settings } from './settings.ts';

/** How such files are found, taken apart and read. */
export interface StandIn {
  /** What they are called, behind the `@` of a part: one word of small letters. */
  readonly name: string;
  /** The host that has them, and its quota. Its base URL is that setting of the dataset's source. */
  readonly host: Pick<Source, 'id' | 'title' | 'baseUrl' | 'quota'>;
  /** Settings of the dataset's source without which its files are not watched. */
  readonly needs: readonly string[];
  /** Settings of further addresses that it needs: a simulation sets them to itself. */
  readonly otherUrls?: readonly string[];
  /** How often it is looked, minutes. */
  readonly everyMinutes: number;
  /** How long a file must have looked the same before it is loaded, seconds. @default 60 */
  readonly settledSeconds?: number;
  /** The files that count now, each named by an http(s) address. */
  list(context: StandInContext): Promise<readonly SeenFile[]>;
  /** The instants of which a file says all that there is: a day on the edge of two files is put together from both. */
  covers(location: string): Interval;
  /** The bytes of one of them: text in UTF-8, or packed. */
  download(location: string, context: StandInContext): Promise<StandInBytes>;
  /**
   * How the lines of a file are told apart.
   * @param header its first line
   * @throws RangeError that says what it is not
   */
  sorter(header: string): (line: string) => PlacedLine | undefined;
  /**
   * What the lines of a part and unit say, below the first line of their file. Pure.
   * @param answer with the part's own name
   * @throws AnswerRefused when they cannot be what the source promises
   */
  decode(body: Uint8Array, answer: Answer): Decoded;
}

/** Where a line belongs; one that is of nothing here has no place. */
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
  /** One request to another address, such as where tokens are given out. */
  askElsewhere(url: string, request: SourceRequest): Promise<StandInBytes>;
}

export interface StandInBytes {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The part that files of this name say something of. */
export function standInPart(part: string, name: string): string {
  return `${part}@${name}`;
}

export function isStandInPart(part: string): boolean {
  return part.includes('@');
}

/** The part as the source is asked for it. */
export function ownPart(part: string): string {
  return part.replace(/@.*$/, '');
}

/** What stands beside a part: of the source's own what its files say, and of that the source's own. */
export function partBeside(part: string, { name }: Pick<StandIn, 'name'>): string {
  return isStandInPart(part) ? ownPart(part) : standInPart(part, name);
}

/** The setting that is missing, so that its files are not watched; undefined where all is there. */
export function missingSetting({ needs }: StandIn, settings: Settings): string | undefined {
  return needs.find((name) => !settings[name]);
}

/** What is wrong with how files stand in. @param settings those that the source declares */
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
