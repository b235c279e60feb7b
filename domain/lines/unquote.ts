/** Files of which every cell stands in quotes need not be read the slow way: plain quotes are taken off first. */

const [LF, CR, QUOTE] = [10, 13, 34];

/**
 * Copies a line without its quotes, and with an end.
 * @returns how many bytes it has, or -1 when it has none, or such that mean something: doubled ones, ones around a delimiter
 */
export function unquote(
  bytes: Uint8Array,
  from: number,
  end: number,
  delimiter: number,
  to: Uint8Array,
): number {
  let length = 0;
  let isOpen = false;
  for (let at = from; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      const beside = isOpen ? bytes[at + 1] : bytes[at - 1];
      const isAtEdge = isOpen ? at + 1 === end || beside === CR : at === from;
      if (!isAtEdge && beside !== delimiter) return -1;
      isOpen = !isOpen;
    } else if (isOpen && byte === delimiter) return -1;
    else to[length++] = byte;
  }
  if (isOpen || length === end - from) return -1;
  to[length] = LF;
  return length + 1;
}
