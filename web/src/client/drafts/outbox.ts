/**
 * Gathers what the drafts of a page have to say to the Worker, so that a thousand deltas a second
 * are a hundred messages a second.
 *
 *   delta ──▶ waits ──┬─ MERGE_MS after the first one ──▶ sent
 *                     ├─ anything that reads or flushes ─▶ sent before it, so reads are fresh (C11)
 *                     └─ the page is hidden or left ─────▶ sent at once: its timers can no longer be trusted
 *
 * With a window of 0 it waits for the end of the page's turn only, and stays an update of its own: a message to the
 * Worker costs as much as saving what is in it.
 */

/** Milliseconds that a delta may wait on the page: a third of the default window, and too short to see. */
export const MERGE_MS = 10;

/** Somebody with mutations to send. */
export interface Sender {
  /** Posts what there is; called once for each `add`. */
  send(): void;
}

/** The clock and the scheduling of the page; tests bring their own. */
export interface OutboxHost {
  /** Milliseconds, monotonic. */
  now(): number;
  hidden(): boolean;
  /** Calls back after `ms`; returns what cancels it. */
  after(ms: number, callback: () => void): () => void;
}

export const pageHost: OutboxHost = {
  now: () => performance.now(),
  hidden: () => typeof document !== 'undefined' && document.visibilityState === 'hidden',
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

export class Outbox {
  /** False (a window of 0): deltas are sent with the others of the page's turn, and none is merged. */
  readonly merging: boolean;
  readonly #sendNow: () => void;
  readonly #host: OutboxHost;
  readonly #waiting = new Set<Sender>();
  #since = 0;
  #cancel: (() => void) | undefined;

  /** `sendNow`: makes what the senders posted leave before the end of the page's turn. */
  constructor(merging: boolean, sendNow: () => void, host: OutboxHost = pageHost) {
    this.merging = merging;
    this.#sendNow = sendNow;
    this.#host = host;
  }

  /** The sender has something that may wait for up to MERGE_MS. */
  add(sender: Sender): void {
    if (this.#waiting.size === 0) this.#begin();
    this.#waiting.add(sender);
    // A page that is busy in one long task would otherwise hold everything back until its end.
    if (this.#host.now() - this.#since < MERGE_MS) return;
    this.flush();
    this.#sendNow();
  }

  /** The sender has sent what it had by itself. */
  remove(sender: Sender): void {
    this.#waiting.delete(sender);
  }

  /** Has every sender post what it has. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const senders = [...this.#waiting];
    this.#waiting.clear();
    for (const sender of senders) sender.send();
  }

  #begin(): void {
    this.#since = this.#host.now();
    if (this.#cancel) return;
    if (!this.merging || this.#host.hidden()) {
      this.#cancel = () => undefined;
      queueMicrotask(() => this.flush());
    } else {
      this.#cancel = this.#host.after(MERGE_MS, () => this.flush());
    }
  }
}
