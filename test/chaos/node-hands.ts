/** What happens to whole machines. */

/** Simulated machines, by the names of their Nodes. */
export interface NodeHands {
  readonly names: readonly string[];
  /** The machine hangs. */
  lose(name: string): Promise<void>;
  /** It goes on, or comes back empty after it was deleted. */
  revive(name: string): Promise<void>;
  /** It is gone for good, and an administrator deletes its Node. */
  deleteNode(name: string): Promise<void>;
}
