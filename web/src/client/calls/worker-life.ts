/**
 * Whether a Worker still runs. No event tells a page that its Worker was terminated or has ended itself, but a Web Lock
 * that the Worker holds comes free then.
 *
 *   page: a random name ──▶ Worker: takes the lock of that name, and never lets go ──▶ page: asks for it, and waits
 *
 * Where there are no Web Locks (Node) nothing is watched.
 */
import { newId } from '../../ids.js';

export class WorkerLife {
  /** The name of the lock; undefined where there are none. */
  readonly lock: string | undefined = hasLocks() ? `millrace-worker:${newId()}` : undefined;
  readonly #waiting = new AbortController();

  /** Calls `ended` once the Worker is gone. REQUIRES: the Worker holds the lock. */
  watch(ended: () => void): void {
    if (this.lock === undefined) return;
    navigator.locks.request(this.lock, { signal: this.#waiting.signal }, ended).catch(() => undefined);
  }

  /** Ends the watch. */
  leave(): void { this.#waiting.abort(); }
}

function hasLocks(): boolean {
  // Typed as always there; insecure contexts, older browsers and Node disagree.
  const { document, navigator } = globalThis as Partial<typeof globalThis>;
  return document !== undefined && Boolean((navigator as Partial<Navigator> | undefined)?.locks);
}
