/**
 * What tells the page that something is done. It never overtakes the events of what was done (C2): a listener hears of a
 * create before its promise resolves, and one that is added then does not hear of it (B6).
 *
 *   answer ──▶ posted, behind the batch that was posted before it
 *          └─▶ the page is busy with its batches, so events may wait for it: waits too ── release ──▶ posted
 *
 * Invariant: answers leave in the order in which they came.
 */
import type { FromHost } from '../protocol.js';

export class Answers {
  readonly #post: (message: FromHost) => void;
  readonly #blocked: () => boolean;
  #waiting: FromHost[] = [];

  /** `blocked`: whether events may be waiting for the page. */
  constructor(post: (message: FromHost) => void, blocked: () => boolean) {
    this.#post = post;
    this.#blocked = blocked;
  }

  post(message: FromHost): void {
    if (this.#waiting.length > 0 || this.#blocked()) this.#waiting.push(message);
    else this.#post(message);
  }

  /** What waited for the page was posted to it. */
  release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const message of waiting) this.#post(message);
  }
}
