/** From one event as it was sent to a record, or to a finding with the raw text. Pure. */
import { type Finding, finding } from '../../domain/finding.ts';
import type { DecodedRecord } from '../../domain/record-dataset.ts';
import { type Fields, idOf, numberOf, readFields } from './fields.ts';
import { COMMON, SCHEMAS } from './schemas.ts';
import { readTime } from './times.ts';

/** The instant of an event; undefined when it has none that can be. */
export function instantOf({ time }: Fields): number | undefined {
  const read = readTime(time);
  return 'ms' in read ? read.ms : undefined;
}

/** The user of an event, also of one that cannot be kept; null when it names none. */
export function personOf({ user_id: user }: Fields): string | null {
  return idOf(user) ?? null;
}

/**
 * @param raw the event as it was sent, for findings.
 * @param schemaVersion fields of later versions are kept as they were sent.
 */
export function readEvent(
  fields: Fields,
  at: { readonly place: string; readonly raw: string },
  schemaVersion: number,
): DecodedRecord | Finding {
  const { id, time, version, ...rest } = fields;
  const { type, deleted } = rest;
  const key = idOf(id);
  const when = readTime(time);
  const startsAtMs = 'ms' in when ? when.ms : null;
  const blocked = (rule: string, reason: string) =>
    finding(rule, 'block', reason, {
      ...{ place: at.place, raw: at.raw, startsAtMs },
      series: key !== undefined && key.length <= 200 ? key : null,
    });
  if (key === undefined) return blocked('unreadable_key', 'the event has no "id"');
  if ('fault' in when) return blocked('unreadable_time', `"time" ${when.fault}`);
  const number = numberOf(version);
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0)
    return blocked('unreadable_version', '"version" is no whole number from 0 on');
  const record = { key, startsAtMs: when.ms, version: number, place: at.place };
  // A deletion needs no more than what it is about.
  if (deleted === true || deleted === 'true') return { ...record, body: null };
  const schema = typeof type === 'string' ? SCHEMAS.get(type) : undefined;
  if (!schema) return blocked('unknown_type', `no schema knows the type ${shown(type)}`);
  const known = [...COMMON, ...schema].filter(({ since }) => since <= schemaVersion);
  const read = readFields(known, rest);
  return 'fault' in read ? blocked('unreadable_value', read.fault) : { ...record, body: read.body };
}

function shown(type: Fields[string] | undefined): string {
  if (typeof type !== 'string') return 'it has';
  return `${JSON.stringify(type.slice(0, 100))}: it knows ${[...SCHEMAS.keys()].join(', ')}`;
}
