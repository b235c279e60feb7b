// Hash-based pseudo-random numbers: the same integers always give the same number, in any process. There is no generator state, so any hour
// of any series can be computed alone.

/** Hashes a text to an unsigned 32-bit integer (FNV-1a). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** Mixes two 32-bit integers into one that appears unrelated to both. Order matters. */
export function mix(left: number, right: number): number {
  let hash = Math.imul(left ^ 0x9e3779b9, 0x85ebca6b) ^ right;
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** A number in [0, 1) that depends only on the seed and the text. */
export function unitOf(seed: number, text: string): number {
  return unit(mix(seed, hashText(text)));
}

/** Spreads an unsigned 32-bit integer over [0, 1). */
export function unit(hash: number): number {
  return hash / 0x1_0000_0000;
}
