/** Who goes first, within the quota of a source and among the steps that wait for a worker: the lower number. Also Temporal's priority. */
export const URGENCY = {
  /** A person asked for this day. */
  person: 1,
  /** Due by the schedule. */
  due: 2,
  /** Was due while nobody could ask. */
  missed: 3,
  backfill: 4,
} as const;

export type Urgency = (typeof URGENCY)[keyof typeof URGENCY];

/** The urgency of a run, by its priority in Temporal; a server that knows no priorities leaves it to the trigger. */
export function urgencyOf(
  priorityKey: number | undefined,
  trigger: 'person' | 'schedule' | 'backfill',
): Urgency {
  const known = Object.values(URGENCY).find((urgency) => urgency === priorityKey);
  return known ?? { person: URGENCY.person, schedule: URGENCY.due, backfill: URGENCY.backfill }[trigger];
}
