import type { MillraceError } from '../../errors.js';
import type { Message } from '../../types.js';
import { aborted } from './ingest-errors.js';

/**
 * The outcome of a stream and its abortion, for both ways of reading one.
 *
 * Invariants: `done` settles once; after it did, `abort` does nothing and the signals are let go.
 */
export class RunState {
  readonly done: Promise<Message>;
  /** Rejects when the stream is aborted; for racing. */
  readonly abortion: Promise<never>;
  #settle!: { resolve: (message: Message) => void; reject: (error: Error) => void };
  #signalAbortion!: (error: MillraceError) => void;
  #aborted: MillraceError | undefined;
  #over = false;
  readonly #cleanup: (() => void)[] = [];

  constructor() {
    this.done = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    this.abortion = new Promise((_resolve, reject) => (this.#signalAbortion = reject));
    // Whoever does not look at the outcome is not to be told by an unhandled rejection.
    this.done.catch(() => undefined);
    this.abortion.catch(() => undefined);
  }

  get aborted(): MillraceError | undefined { return this.#aborted; }
  get over(): boolean { return this.#over; }

  /** Aborts with the signal, if there is one. */
  follow(signal: AbortSignal | undefined, abort: (reason: unknown) => void): void {
    if (!signal) return;
    const listener = (): void => abort(signal.reason);
    if (signal.aborted) listener();
    signal.addEventListener('abort', listener);
    this.#cleanup.push(() => signal.removeEventListener('abort', listener));
  }

  /** Called when the outcome is known. */
  onEnd(cleanup: () => void): void { this.#cleanup.push(cleanup); }

  /** False when it is too late, or done already. */
  abort(reason: unknown): boolean {
    if (this.#over || this.#aborted) return false;
    this.#aborted = aborted(reason);
    this.#signalAbortion(this.#aborted);
    return true;
  }

  resolve(message: Message): void {
    this.#end();
    this.#settle.resolve(message);
  }

  reject(error: Error): void {
    this.#end();
    this.#settle.reject(error);
  }

  #end(): void {
    this.#over = true;
    for (const cleanup of this.#cleanup.splice(0)) cleanup();
  }
}
