/** The end of a controller's term, as its own refused write tells it. */

/** Another controller holds the lease, or nobody does: whoever gets this must not act any more. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';

  constructor(epoch: number, options?: ErrorOptions) {
    super(`Refused: this controller has lost the lease (epoch ${epoch}).`, options);
  }
}
