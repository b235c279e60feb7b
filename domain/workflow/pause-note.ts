/** The note on a schedule: who paused or resumed polling, when and why. Only written and read here. */

export const PAUSE_VERBS = ['paused', 'resumed'] as const;
export type PauseVerb = (typeof PAUSE_VERBS)[number];

export interface PauseNote {
  readonly verb: PauseVerb;
  readonly by: string;
  readonly at: Date;
  /** Empty where none was given. */
  readonly reason: string;
}

const PATTERN = /^(paused|resumed) by (.+?) on (\d{4}-\d{2}-\d{2}T[\d:.]+Z)(?:: ([\s\S]+))?$/;

/** `paused by anna on 2026-11-20T10:30:00.000Z: the source is being moved`. */
export function writePauseNote({ verb, by, at, reason }: PauseNote): string {
  return `${verb} by ${by} on ${at.toISOString()}${reason ? `: ${reason}` : ''}`;
}

/** Undefined for a note from elsewhere, such as the Web UI. */
export function readPauseNote(note: string | null): PauseNote | undefined {
  const [, verb, by, at, reason = ''] = PATTERN.exec(note ?? '') ?? [];
  if (verb === undefined || by === undefined || at === undefined) return undefined;
  const instant = new Date(at);
  if (Number.isNaN(instant.getTime())) return undefined;
  return { verb: verb as PauseVerb, by, at: instant, reason };
}

/** The description of a paused schedule: our note, or the note that a person left elsewhere. */
export function describePause(note: string | null): string {
  return readPauseNote(note)?.verb === 'paused' ? `${note}` : `paused: ${note || 'no reason given'}`;
}
