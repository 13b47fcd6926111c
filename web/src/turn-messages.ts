/**
 * Gathers what one side has to say to the other in one turn, so that it crosses as one message.
 *
 *   post ──▶ waits ──▶ the end of the turn (a microtask), or `flush` ──▶ sent as one array, in the order of the calls
 */
export class TurnMessages<T> {
  readonly #send: (messages: T[]) => void;
  #waiting: T[] = [];

  constructor(send: (messages: T[]) => void) { this.#send = send; }

  post(message: T): void {
    if (this.#waiting.push(message) === 1) queueMicrotask(() => this.flush());
  }

  /** Sends what waits at once: for a page that may never run again, and for what must not be overtaken. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const messages = this.#waiting;
    this.#waiting = [];
    this.#send(messages);
  }
}
