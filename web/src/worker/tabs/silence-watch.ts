/**
 * Looks whether a leader answers, while anything waits for one.
 *
 *   a word ──▶ SILENT_MS without another: `silent`, at each look ──▶ GIVE_UP_MS without another: `tooLong`, at each look
 */
import type { Clock } from './environment.js';

/** Milliseconds without a leader after which a page gives a call up. */
const GIVE_UP_MS = 10_000;
/** Milliseconds without a word of the leader after which its lock is asked for again. */
const SILENT_MS = 1_500;
const LOOK_MS = 1_000;

export interface Watched {
  /** Whether anything waits for a leader. */
  waits(): boolean;
  /** When a leader was heard of last. Undefined: nothing can be expected now. */
  heardAt(): number | undefined;
  answers(): void;
  silent(): void;
  /** What was asked before `since` has waited long enough. */
  tooLong(since: number): void;
}

export class SilenceWatch {
  readonly #clock: Clock;
  readonly #watched: Watched;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, watched: Watched) {
    this.#clock = clock;
    this.#watched = watched;
  }

  /** To be called when something may have begun to wait. */
  look(): void {
    if (this.#cancel || !this.#watched.waits()) return;
    this.#cancel = this.#clock.after(LOOK_MS, () => {
      this.#cancel = undefined;
      this.#once();
      this.look();
    });
  }

  #once(): void {
    const heardAt = this.#watched.heardAt();
    if (heardAt === undefined) return;
    const now = this.#clock.now();
    if (now - heardAt >= SILENT_MS) this.#watched.silent();
    if (now - heardAt < GIVE_UP_MS) this.#watched.answers();
    else this.#watched.tooLong(now - GIVE_UP_MS);
  }
}
