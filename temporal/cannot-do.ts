/** Something stands against what was asked for; the message says what, and the hint. Asking again does not help. */
export class CannotDo extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CannotDo';
  }
}
