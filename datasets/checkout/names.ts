/** Field names as people write them, mapped to one name each. Pure. */
import { readJson } from '../../domain/values/exact-json.ts';
import type { Json } from '../../domain/values/json.ts';
import { type Draft, type Fields, setField } from './fields.ts';

/** A line whose fields are ambiguous. The message is a sentence without its subject, with the hint. */
export class UnreadableLine extends Error {}

interface Declared {
  /** The field that identifies a line. */
  readonly key: string;
  /** By field: what else it may be called, beside its name in camelCase. */
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  /** A field that holds others: these of them are moved to the top level. */
  readonly nested?: { readonly in: string; readonly fields: readonly string[] };
}

export class Names {
  readonly #key: string;
  readonly #aliases: ReadonlyMap<string, string>;
  readonly #columns: ReadonlyMap<string, string>;
  readonly #nested: string | undefined;
  readonly #inner: ReadonlySet<string>;

  constructor({ key, aliases, nested }: Declared) {
    this.#key = key;
    this.#nested = nested?.in;
    this.#inner = new Set(nested?.fields);
    this.#aliases = new Map(
      Object.entries(aliases).flatMap(([name, others]) => {
        const spelt = [...others, ...[name, ...others].map(camelCase)];
        return spelt.filter((other) => other !== name).map((other): [string, string] => [other, name]);
      }),
    );
    const declared = [...Object.keys(aliases), ...(nested ? [nested.in] : [])];
    const own = declared.map((name): [string, string] => [name, name]);
    this.#columns = new Map([...own, ...this.#aliases].map(([other, name]) => [lettersOf(other), name]));
  }

  /** The field of a CSV column: for declared ones case, spaces and signs do not matter. */
  ofColumn(cell: string): string {
    return this.#columns.get(lettersOf(cell)) ?? cell.trim();
  }

  /** Whether one of these columns holds the key. */
  haveKey(columns: readonly string[]): boolean {
    return columns.includes(this.#key);
  }

  /** @throws UnreadableLine when two of the fields are the same. */
  apply(sent: Fields): Fields {
    for (const name of Object.keys(sent))
      if (name === this.#nested || this.#aliases.has(name)) return this.collect(Object.entries(sent));
    return sent;
  }

  /** @throws UnreadableLine */
  collect(sent: readonly (readonly [string, Json])[]): Fields {
    const fields: Draft = {};
    for (const [name, value] of sent) {
      if (name !== this.#nested) this.#put(fields, name, value);
      else if (value !== null) this.#takeOut(objectOf(name, value), fields);
    }
    return fields;
  }

  #put(fields: Draft, name: string, value: Json): void {
    const own = this.#aliases.get(name) ?? name;
    if (Object.hasOwn(fields, own))
      throw new UnreadableLine(`has "${own}" twice${alias(own, name)}: send it once`);
    setField(fields, own, value);
  }

  /** Undeclared fields stay where they were sent. */
  #takeOut(nested: Fields, fields: Draft): void {
    const rest: Draft = {};
    for (const [name, value] of Object.entries(nested)) {
      if (this.#inner.has(this.#aliases.get(name) ?? name)) this.#put(fields, name, value);
      else setField(rest, name, value);
    }
    if (Object.keys(rest).length > 0 && this.#nested) this.#put(fields, this.#nested, rest);
  }
}

function alias(own: string, name: string): string {
  return own === name ? '' : ` ("${name}" is the same)`;
}

/** In a CSV cell it is text. */
function objectOf(name: string, value: Json): Fields {
  const read = typeof value === 'string' ? readJson(value) : value;
  if (isFields(read)) return read;
  throw new UnreadableLine(`has "${name}" that is no JSON object`);
}

export function isFields(value: Json): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function lettersOf(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, '');
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
