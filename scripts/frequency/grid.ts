/** A realistic grid frequency, in mHz relative to 50 Hz, step by step. 32-bit arithmetic and doubles: the same everywhere. */

const HOUR_S = 3600;

export class Grid {
  #random: number;
  readonly #stepS: number;
  /** Seconds since the start. */
  #second = 0;
  #noise = 0;
  #drift = 0;
  /** The fading rest of an event or of a full hour. */
  #dip = 0;
  readonly #keepsNoise: number;
  readonly #keepsDip: number;

  constructor(seed: number, stepS: number) {
    this.#random = (seed * 0x9e3779b1) | 0;
    this.#stepS = stepS;
    // Half-life of noise is 30 s, of a dip two minutes.
    this.#keepsNoise = 0.5 ** (stepS / 30);
    this.#keepsDip = 0.5 ** (stepS / 120);
  }

  /** The next value, whole mHz: 50012. */
  next(): number {
    const keeps = this.#keepsNoise;
    this.#noise = this.#noise * keeps + this.#gauss() * 20 * Math.sqrt(1 - keeps * keeps);
    this.#drift = this.#drift * 0.9999 + this.#gauss() * 0.05;
    this.#dip *= this.#keepsDip;
    if (this.#second % HOUR_S < this.#stepS) this.#dip += this.#gauss() * 25 - 10;
    // A large power station trips a few times a year.
    if (this.#uniform() < this.#stepS / 3_000_000) this.#dip -= 60 + 80 * this.#uniform();
    this.#second += this.#stepS;
    return 50_000 + Math.round(this.#noise + this.#drift + this.#dip);
  }

  /** Xorshift: 0 to 1. */
  #uniform(): number {
    let x = this.#random;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#random = x;
    return (x >>> 0) / 4_294_967_296;
  }

  /** Nearly normal, standard deviation 1: the sum of four uniform ones. */
  #gauss(): number {
    return (this.#uniform() + this.#uniform() + this.#uniform() + this.#uniform() - 2) * 1.7320508;
  }
}
