/** The request conflicts with the current state; the message says how, with a hint. Repeating it does not help. */
export class CannotDo extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CannotDo';
  }
}
