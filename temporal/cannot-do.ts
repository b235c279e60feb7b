/** The request conflicts with what is there; the message says with what, and a hint. Requesting it again does not help. */
export class CannotDo extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CannotDo';
  }
}
