// Finds the objects of the "data" array in a recorded body and keeps each one's exact text. The text is scanned character by character and
// strings are recognised, so a bracket inside a string does no harm.

/** The raw text of every object in the array of the top-level key "data". The body must be valid JSON. */
export function rawRows(body: string): string[] {
  const rows: string[] = [];
  let depth = 0;
  let startedAt = 0;
  for (let index = arrayStart(body); index < body.length; index += 1) {
    const character = body[index];
    if (character === '"') index = stringEnd(body, index);
    else if (character === '{' || character === '[') {
      if (depth === 1) startedAt = index;
      depth += 1;
    } else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 1) rows.push(body.slice(startedAt, index + 1));
      if (depth === 0) return rows;
    }
  }
  return rows;
}

/** Where the array of "data" opens; the recorded envelope begins with that key. */
function arrayStart(body: string): number {
  const opening = /^\s*\{\s*"data"\s*:\s*\[/.exec(body);
  return opening ? opening[0].length - 1 : body.length;
}

/** The index of the quote that closes the string opened at `index`. */
function stringEnd(body: string, index: number): number {
  for (let at = index + 1; at < body.length; at += 1) {
    if (body[at] === '\\') at += 1;
    else if (body[at] === '"') return at;
  }
  return body.length;
}
