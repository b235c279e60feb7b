/** Size limits for files that are unpacked or downloaded: a few kilobytes can unpack to more than any disk holds. */
export interface UnpackLimits {
  /** The limit of the unpacked text. */
  readonly maxBytes: number;
  /** Ratio of the text to its packed size. */
  readonly maxRatio: number;
}

/** 64 GiB: sixty years of a point a second. Measurements compress to a fifth or a twentieth, never to a hundredth. */
export const UNPACK_LIMITS: UnpackLimits = { maxBytes: 64 * 2 ** 30, maxRatio: 200 };

/** Texts up to this size may have any ratio: they are harmless. */
export const HARMLESS_BYTES = 16 << 20;
