/** Files that a schedule watches: where they appear, which names match, and when a file is loaded. Pure. */
import type { Settings } from '../dataset/settings.ts';

/** Where a dataset's files are watched. */
export interface FoundFiles {
  /**
   * A setting of the source: a folder that all workers can read, or the http(s) address of an index, a page with links to files. If it is
   * not set, files are not watched.
   */
  readonly setting: string;
  /** Names of files of this dataset, without folder. */
  readonly names: RegExp;
  /** How often the folder or index is read, minutes. */
  readonly everyMinutes: number;
  /** How long a file must be unchanged before it is loaded, seconds. @default 60 */
  readonly settledSeconds?: number;
}

export const DEFAULT_SETTLED_SECONDS = 60;

/** A folder or an address; null where files are not watched. @param settings those of the dataset's source */
export function placeOfFiles(found: FoundFiles | undefined, settings: Settings): string | null {
  return (found && settings[found.setting]) ?? null;
}

/** A file as a poll found it. */
export interface SeenFile {
  /** A path, or an address. */
  readonly location: string;
  /** Changes with the file: for a path from size, times of change and inode, for an address from the response headers. */
  readonly signature: string;
}

/** What became of the current version of a file. */
export const FILE_STATES = {
  waiting: 'new or changed, loaded once it has looked the same for a while',
  loaded: 'as it looks now',
  refused: 'could not be loaded as it looks now, and is tried again when it has changed',
} as const;

export type FileState = keyof typeof FILE_STATES;

/** A file that is to be loaded. */
export interface ReadyFile extends SeenFile {
  /** The id of the workflow that loads it. */
  readonly workflowId: string;
}

/** Input of the workflow `lookForFiles` and its activity. */
export interface LookForFilesInput {
  readonly dataset: string;
}

/** What a poll found. */
export interface LookOutcome {
  /** Null where the setting is not set. */
  readonly place: string | null;
  /** Files with a matching name. */
  readonly seen: number;
  /** Those that are new or changed and may still be being written. */
  readonly unsettled: number;
  readonly ready: readonly ReadyFile[];
}

/** Input of the activity `noteFoundFile`: the outcome of a load. */
export interface NoteFoundFileInput extends SeenFile {
  readonly dataset: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly summary: string;
  /** Null when it was loaded, or was known. */
  readonly error: string | null;
}

/** Result of `lookForFiles`. */
export interface FilesOutcome {
  readonly dataset: string;
  readonly loaded: number;
  readonly summary: string;
}

/** Names that programs give to unfinished files: they rename them when complete. */
const UNFINISHED = /^[.~]|\.(part|partial|tmp|temp|crdownload|filepart|download|swp)$|~$/i;

export function isFoundName({ names }: FoundFiles, name: string): boolean {
  return names.test(name) && !UNFINISHED.test(name);
}

/** Faults of the definition. @param settings those that the source declares */
export function foundFaults(found: FoundFiles | undefined, settings: object = {}): string[] {
  if (!found) return [];
  const { setting, everyMinutes, settledSeconds = DEFAULT_SETTLED_SECONDS, names } = found;
  return [
    ...(setting in settings
      ? []
      : [`files.found.setting is "${setting}": declare it in "settings" of the source`]),
    ...(Number.isInteger(everyMinutes) && everyMinutes >= 1
      ? []
      : [`files.found.everyMinutes is ${everyMinutes}: write a whole number of minutes above 0`]),
    ...(settledSeconds >= 1 ? [] : [`files.found.settledSeconds is ${settledSeconds}: write 1 or more`]),
    // Such an expression keeps its last position, and would miss every second name.
    ...(names.global || names.sticky ? ['files.found.names has the flag g or y: leave it out'] : []),
  ];
}

/** `2 files loaded; 1 not settled yet`. */
export function describeLook(
  { place, seen, unsettled }: LookOutcome,
  loaded: number,
  failed: number,
): string {
  if (place === null) return 'files are not watched: no folder or address is set';
  const parts = [
    loaded > 0 ? `${loaded} loaded` : '',
    failed > 0 ? `${failed} could not be loaded` : '',
    unsettled > 0 ? `${unsettled} not settled yet` : '',
  ].filter((part) => part !== '');
  return `${seen} files in ${place}: ${parts.join(', ') || 'nothing new'}`;
}
