/** XML as publishers send it: read into a tree of elements, strictly, with limits. Pure. */
import { SaxesParser } from 'saxes';
import { AnswerRefused } from '../../domain/interpret/finding.ts';

export interface XmlElement {
  /** Without the prefix of its namespace. */
  readonly name: string;
  /** By name as written, also with a prefix. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Its own text, trimmed, without that of its children. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

interface Open {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
  readonly children: XmlElement[];
}

/** No publisher nests as deep; an attack does. */
const DEEPEST = 50;

/**
 * Reads a document. Document types (and so custom entities) are refused: no publisher sends them.
 * @throws AnswerRefused `not_utf8`, `not_xml`
 */
export function readXml(body: Uint8Array): XmlElement {
  const text = textOf(body);
  const parser = new SaxesParser();
  const open: Open[] = [];
  let root: XmlElement | undefined;
  parser.on('error', (error) => refuse(error.message));
  parser.on('doctype', () => refuse('it has a document type'));
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length >= DEEPEST) refuse(`it is nested deeper than ${DEEPEST} elements`);
    open.push({ name: localName(name), attributes, text: '', children: [] });
  });
  const addText = (more: string) => {
    const current = open.at(-1);
    if (current) current.text += more;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const closed = open.pop() as Open;
    closed.text = closed.text.trim();
    const parent = open.at(-1);
    if (parent) parent.children.push(closed);
    else root = closed;
  });
  parser.write(text).close();
  return root ?? refuse('it has no element');
}

/** The first child with a name. */
export function childOf({ children }: XmlElement, name: string): XmlElement | undefined {
  return children.find((child) => child.name === name);
}

/** The text at the end of a path of names; undefined where there is none. */
export function textAt(element: XmlElement, ...path: readonly string[]): string | undefined {
  let found: XmlElement | undefined = element;
  for (const name of path) found = found && childOf(found, name);
  return found?.text;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new AnswerRefused('not_utf8', 'the answer is not UTF-8 text');
  }
}

function refuse(reason: string): never {
  throw new AnswerRefused('not_xml', `the answer is not XML that can be read: ${reason}`);
}
