/** A stream that keeps the text that is written to it. */
import { Writable } from 'node:stream';

export class Captured extends Writable {
  text = '';

  constructor() {
    super({ decodeStrings: false });
  }

  override _write(piece: string, _encoding: BufferEncoding, done: () => void): void {
    this.text += piece;
    done();
  }
}
