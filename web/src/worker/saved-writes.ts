/**
 * Tells another tab what of its drafts' deltas is saved, so that it need not keep them any longer.
 *
 *   accepted ──▶ one wait per message, which hastens nothing ──▶ saved: told, and the next wait if more came meanwhile
 */
import type { CoreStore } from '../core-module.js';

/** By writer: the version that its next mutation makes. */
type Counts = Record<string, number>;

export class SavedWrites {
  readonly #core: CoreStore;
  readonly #tell: (writers: Counts) => void;
  /** Of messages that are waited for: what was accepted since the wait began. */
  readonly #since = new Map<string, Counts>();

  constructor(core: CoreStore, tell: (writers: Counts) => void) {
    this.#core = core;
    this.#tell = tell;
  }

  /** The writer's mutations up to before `next` were accepted. */
  accepted(messageId: string, writer: string, next: number): void {
    const since = this.#since.get(messageId);
    if (since) since[writer] = next;
    else this.#wait(messageId, { [writer]: next });
  }

  #wait(messageId: string, counts: Counts): void {
    this.#since.set(messageId, {});
    this.#core.call('whenSaved', [messageId], (error) => {
      const since = this.#since.get(messageId)!;
      this.#since.delete(messageId);
      // The store is closing: what is not told as saved is sent again.
      if (error) return;
      this.#tell(counts);
      if (Object.keys(since).length > 0) this.#wait(messageId, since);
    }, undefined);
  }
}
