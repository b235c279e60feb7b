/** Answers that no source should send: random ones, and valid ones with a few changes. */
import fc from 'fast-check';
import { CODE_POINT } from './code-points.ts';

/** What publishers send in place of something else. */
const STRANGE = fc.oneof(
  fc.jsonValue({ stringUnit: CODE_POINT, maxDepth: 3 }) as fc.Arbitrary<unknown>,
  fc.constantFrom<unknown>(null, '', '0', 'NaN', '1e400', -1, 0, 0.1, 1e308, true, [], {}, [[]]),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
);

interface Change {
  /** Which child to descend into, at each level. */
  readonly way: readonly number[];
  readonly kind: 'replace' | 'remove' | 'repeat' | 'rename' | 'shift';
  readonly value: unknown;
  readonly name: string;
  readonly quarters: number;
}

const CHANGE: fc.Arbitrary<Change> = fc.record({
  way: fc.array(fc.nat(10_000), { minLength: 1, maxLength: 4 }),
  kind: fc.constantFrom('replace', 'remove', 'repeat', 'rename', 'shift'),
  value: STRANGE,
  name: fc.oneof(
    fc.string({ unit: CODE_POINT, maxLength: 8 }),
    fc.constantFrom('\u0000', '\ud800', '\t0=1', 'X'.repeat(3_000)),
  ),
  quarters: fc.integer({ min: -100, max: 100 }),
});

/** JSON with up to four changes; other content has its bytes changed. */
export function changedFields(body: Uint8Array): fc.Arbitrary<Buffer> {
  const text = Buffer.from(body).toString();
  if (!isJson(text)) return changedBytes(body);
  return fc.array(CHANGE, { minLength: 1, maxLength: 4 }).map((changes) => {
    const root: { root: unknown } = { root: JSON.parse(text) };
    for (const change of changes) {
      if (change.kind === 'shift') shiftInstant(root, change);
      else applyAt(root, ['root', ...change.way], change);
    }
    return asBody(JSON.stringify(root.root) ?? '');
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Bytes that the report of a failed property shows in a line, not one by one. */
export function asBody(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content as Uint8Array);
  const text = bytes.toString('latin1');
  const shown = `${bytes.length} bytes: ${text.slice(0, 200)}…${text.slice(200).slice(-200)}`;
  return Object.defineProperty(bytes, fc.toStringMethod, { value: () => shown });
}

/** Bytes with up to four sections replaced by other bytes. */
export function changedBytes(body: Uint8Array): fc.Arbitrary<Buffer> {
  const cut = fc.record({
    at: fc.nat(body.length),
    length: fc.nat(20),
    instead: fc.uint8Array({ maxLength: 8 }),
  });
  return fc
    .array(cut, { minLength: 1, maxLength: 4 })
    .map((cuts) =>
      asBody(
        cuts.reduce(
          (bytes, { at, length, instead }) =>
            Buffer.concat([bytes.subarray(0, at), instead, bytes.subarray(at + length)]),
          Buffer.from(body),
        ),
      ),
    );
}

type Parent = Record<string, unknown> | unknown[];

function applyAt(parent: Parent, [step = 0, ...way]: readonly (string | number)[], change: Change): void {
  const keys = Object.keys(parent);
  const key = typeof step === 'string' ? step : keys[step % keys.length];
  if (key === undefined) return;
  const child = (parent as Record<string, unknown>)[key];
  if (way.length > 0 && typeof child === 'object' && child !== null) applyAt(child as Parent, way, change);
  else applyTo(parent as Record<string, unknown>, key, child, change);
}

function applyTo(parent: Record<string, unknown>, key: string, child: unknown, change: Change): void {
  const { kind, value, name } = change;
  if (kind === 'replace') parent[key] = value;
  else if (kind === 'remove') Array.isArray(parent) ? parent.splice(Number(key), 1) : delete parent[key];
  else if (kind === 'repeat') Array.isArray(parent) && parent.push(structuredClone(child));
  else parent[key.slice(0, 7) + name] = child;
}

/** Moves one of the instants in it by quarters of an hour. A random position would hardly ever be an instant. */
function shiftInstant(root: Parent, { way: [pick = 0], quarters }: Change): void {
  const places = instantsIn(root);
  const place = places[pick % places.length];
  if (place) place.parent[place.key] = new Date(place.ms + quarters * 900_000).toISOString();
}

function instantsIn(parent: Parent): { parent: Record<string, unknown>; key: string; ms: number }[] {
  return Object.entries(parent).flatMap(([key, value]) => {
    if (typeof value === 'object' && value !== null) return instantsIn(value as Parent);
    const ms = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN;
    return Number.isNaN(ms) ? [] : [{ parent: parent as Record<string, unknown>, key, ms }];
  });
}

/** Bodies unrelated to any source, by name, and how many of them to try. */
export function strangeBodies(): {
  readonly name: string;
  readonly bodies: fc.Arbitrary<Buffer>;
  readonly runs: number;
}[] {
  const nested = fc
    .tuple(fc.constantFrom(['[', ']'], ['{"data":', '}'], ['{"data":[{"x":', '}]}']), fc.nat(50_000))
    .map(([[open = '', close = ''], depth]) => asBody(`${open.repeat(depth)}1${close.repeat(depth)}`));
  return [
    { name: 'arbitrary bytes', bodies: fc.uint8Array().map(asBody), runs: 200 },
    { name: 'arbitrary text', bodies: fc.string({ unit: CODE_POINT }).map(asBody), runs: 200 },
    {
      name: 'arbitrary JSON',
      bodies: fc.json({ stringUnit: CODE_POINT, maxDepth: 4 }).map(asBody),
      runs: 500,
    },
    { name: 'JSON nested beyond all reason', bodies: nested, runs: 20 },
  ];
}

/** Asserts a property. A failure says why, not only for which body. */
export function holds<T>(property: fc.IRawProperty<T>, numRuns = 100): void {
  fc.assert(property, { numRuns, includeErrorInReport: true });
}
