/**
 * Reads external JSON without loss: `JSON.parse` alters numbers that a double cannot represent, and silently keeps only the last of
 * duplicate fields. Most texts have neither and cost little more than `JSON.parse`. Pure.
 */
import { ExactNumber, MOST_DIGITS } from './exact-number.ts';
import type { Json } from './json.ts';

/** Why a text cannot be read, with the hint; a sentence without its subject. */
export class UnreadableJson extends Error {}

/** Hostile input may be nested very deeply. */
const DEEPEST = 64;

/**
 * @returns its value; numbers that a double cannot represent are `ExactNumber`.
 * @throws UnreadableJson when it is not JSON, a field occurs twice, or it is too deep.
 */
export function readJson(text: string): Json {
  const value = parse(text);
  return isWhole(text, value) ? value : new Tokens(text).read();
}

/** The same if a quick check shows that `JSON.parse` altered nothing; undefined otherwise. Does not throw. */
export function glanceJson(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return isWhole(text, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The same for text written by the database, where fields are unique. */
export function readStoredJson(text: string): Json {
  return MAY_BE_ALTERED.test(text) ? new Tokens(text).read() : (JSON.parse(text) as Json);
}

/** JSON with numbers as they were sent. Like `JSON.stringify` otherwise. */
export function jsonText(value: unknown): string {
  return hasExact(value) ? write(value) : (JSON.stringify(value) ?? 'null');
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new UnreadableJson('is no JSON');
  }
}

/** Many digits, or a power of ten. Also matches some texts whose numbers all fit into a double. */
const MAY_BE_ALTERED = /(?:^|[:[,\s])-?\d[\d.]*(?:e|(?<=[\d.]{16}))/i;

/** Whether `JSON.parse` certainly kept everything in the text. */
function isWhole(text: string, value: Json): boolean {
  return (
    countFields(value, DEEPEST) === countNames(text) && !(hasBareNumbers(text) && MAY_BE_ALTERED.test(text))
  );
}

/** Whether there may be numbers that are not the value of a field. */
function hasBareNumbers(text: string): boolean {
  return text.includes('[') || !text.includes('{');
}

function countFields(value: Json, deepest: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (deepest === 0) throw new UnreadableJson(`is nested deeper than ${DEEPEST} levels`);
  const inner: readonly Json[] = Array.isArray(value) ? value : Object.values(value);
  let count = Array.isArray(value) ? 0 : inner.length;
  for (const each of inner)
    if (typeof each === 'object' && each !== null) count += countFields(each, deepest - 1);
  return count;
}

/** Colons after quotes: at least as many as there are fields. NaN where a number after one may be altered. */
function countNames(text: string): number {
  let count = 0;
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) {
    let before = at - 1;
    while (text.charCodeAt(before) <= SPACE) before -= 1;
    if (text.charCodeAt(before) !== QUOTE) continue;
    if (mayBeAltered(text, at + 1)) return Number.NaN;
    count += 1;
  }
  return count;
}

/** Whether a number at this position, if any, has many digits or a power of ten. */
function mayBeAltered(text: string, from: number): boolean {
  let at = from;
  while (text.charCodeAt(at) <= SPACE) at += 1;
  const first = at;
  for (let code = text.charCodeAt(at); isOfNumber(code); code = text.charCodeAt(at)) at += 1;
  return at - first > MOST_SURE || (at > first && (text.charCodeAt(at) | LOWER) === LETTER_E);
}

/** A digit, a sign or a point. */
function isOfNumber(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 45 || code === 46;
}

/** A double represents 15 digits exactly; plus a point and a sign. */
const MOST_SURE = 15;
const LOWER = 32;
const LETTER_E = 101;
const SPACE = 32;
const QUOTE = 34;

/** Tokens of a text that `JSON.parse` accepts, so that nothing needs validation. */
class Tokens {
  readonly #tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.e+-]*|true|false|null|[{}[\]]/gi;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Json {
    return this.#value(this.#next());
  }

  #next(): string {
    return this.#tokens.exec(this.#text)?.[0] ?? '';
  }

  #value(token: string): Json {
    if (token === '{') return this.#object();
    if (token === '[') return this.#list();
    return /^[-\d]/.test(token) ? numberOf(token) : (JSON.parse(token) as Json);
  }

  #list(): Json {
    const list: Json[] = [];
    for (let token = this.#next(); token !== ']'; token = this.#next()) list.push(this.#value(token));
    return list;
  }

  #object(): Json {
    const fields = new Map<string, Json>();
    for (let token = this.#next(); token !== '}'; token = this.#next()) {
      const name = JSON.parse(token) as string;
      if (fields.has(name)) throw new UnreadableJson(`has "${name.slice(0, 100)}" twice: send it once`);
      fields.set(name, this.#value(this.#next()));
    }
    return Object.fromEntries(fields);
  }
}

function numberOf(token: string): number | ExactNumber {
  const number = ExactNumber.of(token);
  if (number !== undefined) return number;
  throw new UnreadableJson(`has a number of more than ${MOST_DIGITS} digits: send it as a text`);
}

function hasExact(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return value instanceof ExactNumber || Object.values(value).some(hasExact);
}

function write(value: unknown): string {
  if (value instanceof ExactNumber) return value.text;
  if (!hasExact(value)) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(write).join()}]`;
  const fields = Object.entries(value as object).filter(([, each]) => each !== undefined);
  return `{${fields.map(([name, each]) => `${JSON.stringify(name)}:${write(each)}`).join()}}`;
}
