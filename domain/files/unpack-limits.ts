/** How large a file may become that is unpacked or downloaded: a few kilobytes can unpack to more than any disk holds. */
export interface UnpackLimits {
  /** The limit of the unpacked text. */
  readonly maxBytes: number;
  /** The text by its packed size. */
  readonly maxRatio: number;
}

/** 64 GiB: sixty years of a point a second. Lines of measurements pack to a fifth or a twentieth, never to a hundredth. */
export const UNPACK_LIMITS: UnpackLimits = { maxBytes: 64 * 2 ** 30, maxRatio: 200 };

/** Texts up to this size may have any ratio: they harm nobody. */
export const HARMLESS_BYTES = 16 << 20;
