/** Is what came last what counts, whatever the order in which payloads are folded, and is nothing new where nothing was? */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  admit,
  chain,
  numberedByArrival,
  type RecordVersion,
} from '../../../../domain/records/record-chain.ts';

const versionOf = (changeId: number, body: string | null): RecordVersion => ({
  ...{ key: 'k', startsAtMs: 0, day: '2026-01-01', version: 0, body },
  changeId,
});

function fold(payloads: readonly RecordVersion[]): readonly RecordVersion[] {
  return payloads.reduce<readonly RecordVersion[]>(
    (known, each) => admit(known, numberedByArrival(known, [each])).versions,
    [],
  );
}

const bodies = fc.array(fc.constantFrom('a', 'b', null), { minLength: 1, maxLength: 6 });

test('the last word stands, and each change is one version', () => {
  fc.assert(
    fc.property(bodies, (all) => {
      const changes = all.filter((body, i) => body !== (i === 0 ? null : all[i - 1]));
      const chained = chain(fold(all.map((body, i) => versionOf(i + 1, body))));
      expect(chained.map(({ body }) => body)).toEqual(changes);
      expect(chained.map(({ closedBy }) => closedBy === null)).toEqual(
        changes.map((_, i) => i === changes.length - 1),
      );
    }),
  );
});

test('a payload that is taken back and folded again leaves what was there', () => {
  fc.assert(
    fc.property(bodies, fc.nat(5), (all, at) => {
      const payloads = all.map((body, i) => versionOf(i + 1, body));
      const again = payloads[at % payloads.length] as RecordVersion;
      const known = fold(payloads);
      const rest = known.filter(({ changeId }) => changeId !== again.changeId);
      const after = admit(rest, numberedByArrival(rest, [again])).versions;
      expect(chain(after)).toEqual(chain(known));
    }),
  );
});

test('of two lines in one payload the last one counts', () => {
  const came = [versionOf(2, 'b'), versionOf(2, 'a')];
  expect(numberedByArrival([], came).map(({ body }) => body)).toEqual(['a']);
  expect(numberedByArrival([{ ...versionOf(1, 'a'), version: 1 }], came)).toEqual([]);
});
