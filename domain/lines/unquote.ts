/** Files with all cells quoted need not take the slow path: plain quotes are removed first. */

const [LF, CR, QUOTE] = [10, 13, 34];

/**
 * Copies a line without its quotes, and with an end.
 * @returns its length in bytes, or -1 when it has no quotes, or significant ones: doubled ones, ones around a delimiter
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
