/** Checks that any dataset of records can use. Pure. */
import type { RecordCheck } from '../dataset/records.ts';

/** Numbers of a field outside [min, max] cannot be right: the record is not written. A null or absent field passes. */
export function validField(name: string, min: number, max: number): RecordCheck {
  return {
    rule: `${name}_range`,
    severity: 'block',
    summary: `A ${name} below ${min} or above ${max} cannot be right; the record is quarantined.`,
    *run({ records }) {
      for (const { key, body, place } of records) {
        const value = body?.[name];
        if (typeof value !== 'number' || (value >= min && value <= max)) continue;
        yield { place, reason: `"${name}" of ${key} is ${value}, outside ${min} to ${max}` };
      }
    },
  };
}
